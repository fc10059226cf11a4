// One delivery that a person wants made again, whatever became of it: it is opened, and who has its event makes it.
import { eq } from 'drizzle-orm';
import { isInHand } from '../../domain/event-state';
import type { SubscriptionStatus } from '../../domain/subscription';
import type { Database } from '../database';
import { deliveries, events, subscriptions } from '../schema';
import { markToOpen, openDeliveries } from './of-events';
import { move, noteAction, onEvent } from './on-event';

export interface DeliveryPlace {
  readonly eventKey: string;
  readonly subscription: string;
  readonly status: SubscriptionStatus;
}

/** Null when there is no such delivery. */
export async function placeOfDelivery(db: Database, id: string): Promise<DeliveryPlace | null> {
  const [found] = await db
    .select({ eventKey: events.key, subscription: subscriptions.name, status: subscriptions.status })
    .from(deliveries)
    .innerJoin(events, eq(events.seq, deliveries.eventSeq))
    .innerJoin(subscriptions, eq(subscriptions.id, deliveries.subscriptionId))
    .where(eq(deliveries.id, id));
  return found ?? null;
}

/** `waits`: the dispatcher starts a run that makes it. `in-hand`: the run named here is to be told. */
export type Opened =
  | { readonly kind: 'waits' }
  /** Its event is older than payloads are kept: there is nothing left to deliver. */
  | { readonly kind: 'payload-dropped' }
  | {
      readonly kind: 'in-hand';
      readonly workflowId: string;
      readonly runId: string | null;
      /** It was a dead letter. */
      readonly wasParked: boolean;
    };

/** Null when there is no such event. The other deliveries of the event stay as they are. */
export async function openDelivery(
  db: Database,
  {
    eventKey,
    id,
    note,
    actor = null,
  }: {
    readonly eventKey: string;
    readonly id: string;
    readonly note: string;
    readonly actor?: string | null;
  },
): Promise<Opened | null> {
  return onEvent(db, eventKey, async (tx, row): Promise<Opened> => {
    if (row.payloadDropped) return { kind: 'payload-dropped' };
    await noteAction(tx, row, 'retry', { reason: note, actor });
    if (row.status === 'processed' || row.status === 'discarded') {
      await markToOpen(tx, [{ id }]);
      await move(tx, row, ['pending'], null);
      return { kind: 'waits' };
    }
    await openDeliveries(tx, [{ id }]);
    // What is under way now does not settle it.
    await markToOpen(tx, [{ id }]);
    if (row.status === 'pending') return { kind: 'waits' };
    // In hand again, or the end of this one would not close it.
    const wasParked = row.status === 'dead_letter';
    await move(tx, row, wasParked ? ['processing'] : [], null);
    const runId = row.runIds.at(-1) ?? null;
    return { kind: 'in-hand', workflowId: row.workflowId ?? row.key, runId, wasParked };
  });
}

/** Its run has ended without this delivery: the dispatcher starts another one, unless one has taken it. */
export async function returnFrom(db: Database, key: string, runId: string | null): Promise<void> {
  await onEvent(db, key, async (tx, row) => {
    const isStillThere = isInHand(row.status) && (row.runIds.at(-1) ?? null) === runId;
    if (isStillThere) await move(tx, row, ['pending'], null);
    return null;
  });
}
