// Deliveries over all events, the newest first, each with its attempts. Every list walks an index.
import { sql, type SQL } from 'drizzle-orm';
import type { DeliveryState } from '../../domain/delivery';
import type { Database } from '../database';
import type { KeptDelivery } from './read';
import { attemptsOf } from './read';

export interface DeliveryFilter {
  readonly id?: string | undefined;
  readonly subscriptionId?: string | undefined;
  readonly eventSeq?: number | undefined;
  readonly state?: DeliveryState | undefined;
}

export interface ListedDelivery extends KeptDelivery {
  readonly seq: number;
  readonly eventKey: string;
}

interface Row extends Record<string, unknown> {
  readonly id: string;
  readonly seq: number;
  readonly event_key: string;
  readonly subscription_id: string;
  readonly name: string;
  readonly state: DeliveryState;
  readonly next_attempt_ms: number | null;
}

/** @param page.before the `seq` of the last one of the page before */
export async function listDeliveries(
  db: Database,
  filter: DeliveryFilter,
  page: { readonly limitRows: number; readonly before: number | null },
): Promise<readonly ListedDelivery[]> {
  const { rows } = await db.execute<Row>(sql`
    select d.id, d.seq, e.key as event_key, s.id as subscription_id, s.name, d.state,
      (extract(epoch from d.next_attempt_at) * 1000)::float8 as next_attempt_ms
    from (${chosen(filter, page)}) d
    join events e on e.seq = d.event_seq
    join subscriptions s on s.id = d.subscription_id
    order by d.seq desc`);
  const attempts = await attemptsOf(
    db,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => ({
    id: row.id,
    seq: row.seq,
    eventKey: row.event_key,
    subscriptionId: row.subscription_id,
    subscription: row.name,
    state: row.state,
    nextAttemptAtMs: row.next_attempt_ms === null ? null : Math.round(row.next_attempt_ms),
    attempts: attempts.get(row.id) ?? [],
  }));
}

function chosen(
  filter: DeliveryFilter,
  { limitRows, before }: { readonly limitRows: number; readonly before: number | null },
): SQL {
  const { id, subscriptionId, eventSeq, state } = filter;
  const fits = [
    ...(before === null ? [] : [sql`seq < ${before}`]),
    ...(id === undefined ? [] : [sql`id = ${id}`]),
    ...(subscriptionId === undefined ? [] : [sql`subscription_id = ${subscriptionId}`]),
    ...(eventSeq === undefined ? [] : [sql`event_seq = ${eventSeq}`]),
    // As text of the statement: a parameter would not be seen to fit the index of what is open.
    ...(state === undefined ? [] : [sql.raw(`state = '${state}'`)]),
  ];
  const page = (extra: readonly SQL[]) => {
    const all = [...fits, ...extra];
    const where = all.length === 0 ? sql`` : sql`where ${sql.join(all, sql` and `)}`;
    return sql`select id, seq, event_seq, subscription_id, state, next_attempt_at from deliveries
      ${where} order by seq desc limit ${limitRows}`;
  };
  const isOpen = state === 'waiting' || state === 'dead';
  const isNarrow = id !== undefined || subscriptionId !== undefined || eventSeq !== undefined;
  if (!isOpen || isNarrow) return page([]);
  // What is open is few among many, and in the index by subscription.
  const ofEach = page([sql`subscription_id = each.id`]);
  return sql`select one.* from subscriptions each cross join lateral (${ofEach}) one
    order by one.seq desc limit ${limitRows}`;
}

/** By id, or by the name of one that is not deleted. Null when there is none. */
export async function subscriptionIdOf(db: Database, idOrName: string): Promise<string | null> {
  const { rows } = await db.execute<{ id: string }>(sql`
    select id from subscriptions where id = ${idOrName} or (name = ${idOrName} and status <> 'deleted')
    order by id = ${idOrName} desc limit 1`);
  return rows[0]?.id ?? null;
}
