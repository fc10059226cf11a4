// The deliveries of events, set-wise, under the locks of their events' rows.
import { sql } from 'drizzle-orm';
import type { DeliveryState } from '../../domain/delivery';
import { anyNumber, anyText } from '../any-of';
import type { Database } from '../database';
import { deliveryId } from './delivery-id';

export interface EventDelivery {
  readonly id: string;
  /** The subscription's name, for people. */
  readonly subscription: string;
  readonly state: DeliveryState;
  /** All that were ever made. */
  readonly attempts: number;
  /** Since it was opened. */
  readonly tries: number;
  readonly putOff: boolean;
  readonly toOpen: boolean;
  /** It waits for no time any more. */
  readonly isDue: boolean;
}

/** By the `seq` of the event, each event's in the order in which they were made. */
export async function deliveriesOf(
  tx: Database,
  eventSeqs: readonly number[],
): Promise<ReadonlyMap<number, readonly EventDelivery[]>> {
  const found = new Map<number, EventDelivery[]>();
  if (eventSeqs.length === 0) return found;
  const { rows } = await tx.execute<{
    event_seq: number;
    id: string;
    name: string;
    state: DeliveryState;
    attempts: number;
    tries: number;
    put_off: boolean;
    to_open: boolean;
    is_due: boolean;
  }>(sql`
    select d.event_seq, d.id, s.name, d.state, d.attempts, d.tries, d.put_off, d.to_open,
      coalesce(d.next_attempt_at <= now(), true) as is_due
    from deliveries d join subscriptions s on s.id = d.subscription_id
    where d.event_seq = ${anyNumber(eventSeqs)}
    order by d.seq`);
  for (const row of rows) {
    const delivery: EventDelivery = {
      id: row.id,
      subscription: row.name,
      state: row.state,
      attempts: row.attempts,
      tries: row.tries,
      putOff: row.put_off,
      toOpen: row.to_open,
      isDue: row.is_due,
    };
    const known = found.get(row.event_seq);
    if (known === undefined) found.set(row.event_seq, [delivery]);
    else known.push(delivery);
  }
  return found;
}

export interface NewDelivery {
  readonly eventSeq: number;
  readonly eventKey: string;
  readonly subscriptionId: string;
  /** Of `recordOf`, where other deliveries of the record matter to it. */
  readonly record: string | null;
}

/** Those that are there already stay as they are. */
export async function insertDeliveries(tx: Database, wanted: readonly NewDelivery[]): Promise<void> {
  if (wanted.length === 0) return;
  const rows = wanted.map((one, place) => ({
    place,
    id: deliveryId(one.eventKey, one.subscriptionId),
    event_seq: one.eventSeq,
    subscription_id: one.subscriptionId,
    record: one.record,
  }));
  await tx.execute(sql`
    insert into deliveries (id, event_seq, subscription_id, record, next_attempt_at)
    select id, event_seq, subscription_id, record, now()
    from json_to_recordset(${JSON.stringify(rows)}::json) as r(
      place int, id text, event_seq bigint, subscription_id text, record text)
    order by place
    on conflict (id) do nothing`);
}

/** Whatever became of them, they are to be made again, from the beginning of the schedule. */
export async function openDeliveries(
  tx: Database,
  toOpen: readonly { readonly id: string }[],
): Promise<void> {
  await updateAll(
    tx,
    toOpen,
    sql`state = 'waiting', tries = 0, put_off = false, next_attempt_at = now(), to_open = false, settled_at = null`,
  );
}

export async function discardDeliveries(
  tx: Database,
  toDiscard: readonly { readonly id: string }[],
): Promise<void> {
  await updateAll(
    tx,
    toDiscard,
    sql`state = 'discarded', next_attempt_at = null, to_open = false, settled_at = now()`,
  );
}

/** The next run that takes the event opens exactly these. */
export async function markToOpen(tx: Database, toMark: readonly { readonly id: string }[]): Promise<void> {
  await updateAll(tx, toMark, sql`to_open = true`);
}

/** The attempt that begins now is what was asked for. */
export async function takeMarkOff(db: Database, delivery: { readonly id: string }): Promise<void> {
  await updateAll(db, [delivery], sql`to_open = false`);
}

async function updateAll(
  tx: Database,
  deliveries: readonly { readonly id: string }[],
  change: ReturnType<typeof sql>,
): Promise<void> {
  if (deliveries.length === 0) return;
  const ids = deliveries.map(({ id }) => id);
  await tx.execute(sql`update deliveries set ${change} where id = ${anyText(ids)}`);
}
