// What a run or a person does with the deliveries of one event as a whole: take it over, open, discard, ask for
// a retry or a replay. Each in one transaction, under the lock of the event's row.
import { isClosed, isInHand, type EventState } from '../../domain/event-state';
import { standingOf } from '../../domain/run';
import type { Database } from '../database';
import { insertWanted } from '../events/route';
import type { LockedRow, RunOfEvent } from '../events/rows';
import { activeFilters } from '../subscriptions';
import { deliveriesOf, discardDeliveries, markToOpen, openDeliveries, type EventDelivery } from './of-events';
import { move, noteAction, onEvent } from './on-event';

export interface Acted {
  readonly status: EventState;
  readonly waiting: readonly EventDelivery[];
}

/**
 * A run that the row does not know delivers: it was reset behind its `route`. It takes the event over, and opens
 * this one delivery when the event was closed. Null when a newer run has it.
 */
export async function takeOver(db: Database, run: RunOfEvent, deliveryId: string): Promise<Acted | null> {
  return onEvent(db, run.key, async (tx, row) => {
    const standing = standingOf(row, run.runId);
    if (standing === 'older') return null;
    // Nothing is left to deliver.
    if (standing === 'take' && row.payloadDropped) return null;
    if (standing === 'take') {
      const inHand = isInHand(row.status);
      if (isClosed(row.status)) await openDeliveries(tx, [{ id: deliveryId }]);
      await move(tx, row, inHand ? [] : ['processing'], run);
      return actedOn(tx, row, inHand ? row.status : 'processing');
    }
    return actedOn(tx, row, row.status);
  });
}

/** What waits for no time any more. Null when a newer run has the event. */
export async function dueOf(db: Database, run: RunOfEvent): Promise<Acted | null> {
  return onEvent(db, run.key, async (tx, row) => {
    if (standingOf(row, run.runId) === 'older') return null;
    const { status, waiting } = await actedOn(tx, row, row.status);
    return { status, waiting: waiting.filter(({ isDue }) => isDue) };
  });
}

/**
 * Opens what is marked, else what is dead. Answers all that waits then, so that a repeat answers the same.
 * Null when a newer run has the event.
 */
export async function reopen(db: Database, run: RunOfEvent): Promise<Acted | null> {
  return onEvent(db, run.key, async (tx, row, deliveries) => {
    const standing = standingOf(row, run.runId);
    if (standing === 'older') return null;
    if (row.status !== 'dead_letter') return actedOn(tx, row, row.status);
    const marked = deliveries.filter(({ toOpen, state }) => toOpen && state !== 'waiting');
    const dead = deliveries.filter(({ state }) => state === 'dead');
    await openDeliveries(tx, marked.length > 0 ? marked : dead);
    await move(tx, row, ['processing'], standing === 'take' ? run : null);
    return actedOn(tx, row, 'processing');
  });
}

/**
 * Ends every delivery that is not sent, and the event with them. A run may also discard what a retry has opened
 * meanwhile: it was asked to while it was a dead letter. Null when a newer run has the event.
 */
export async function discardEvent(
  db: Database,
  key: string,
  run: RunOfEvent | null,
  reason: string | null,
  actor: string | null = null,
): Promise<Acted | null> {
  return onEvent(db, key, async (tx, row, deliveries) => {
    const standing = run === null ? 'repeat' : standingOf(row, run.runId);
    if (standing === 'older') return null;
    const inHand = run !== null && isInHand(row.status);
    if (row.status !== 'dead_letter' && !inHand) return actedOn(tx, row, row.status);
    await discardDeliveries(
      tx,
      deliveries.filter(({ state }) => state === 'waiting' || state === 'dead'),
    );
    const steps = inHand ? (['dead_letter', 'discarded'] as const) : (['discarded'] as const);
    await move(tx, row, steps, standing === 'take' ? run : null);
    await noteAction(tx, row, 'discard', { reason, actor });
    return actedOn(tx, row, 'discarded');
  });
}

/** `wrong-state`: what was asked does not go with the state the event is in. */
export type Asked =
  /** `status` as it was when it was marked. */
  | { readonly kind: 'asked'; readonly status: EventState }
  | { readonly kind: 'wrong-state'; readonly status: EventState }
  /** It is older than payloads are kept: there is nothing left to deliver. */
  | { readonly kind: 'payload-dropped'; readonly status: EventState }
  | { readonly kind: 'unknown' };

/** Marks what is dead of a dead letter, for the run that opens it; what waits goes on by itself. */
export async function askRetry(
  db: Database,
  key: string,
  reason: string | null = null,
  actor: string | null = null,
): Promise<Asked> {
  return ask(db, key, async (tx, row, deliveries) => {
    if (row.status !== 'dead_letter') return 'wrong-state';
    await markToOpen(
      tx,
      deliveries.filter(({ state }) => state === 'dead'),
    );
    await noteAction(tx, row, 'retry', { reason, actor });
    return 'asked';
  });
}

/** Marks all deliveries of a closed event, and makes those that would be made today. */
export async function askReplay(
  db: Database,
  key: string,
  reason: string | null,
  actor: string | null = null,
): Promise<Asked> {
  return ask(db, key, async (tx, row) => {
    if (!isClosed(row.status)) return 'wrong-state';
    if (row.payloadDropped) return 'payload-dropped';
    await insertWanted(tx, [row], await activeFilters(tx));
    await markToOpen(tx, (await deliveriesOf(tx, [row.seq])).get(row.seq) ?? []);
    await noteAction(tx, row, 'replay', { reason, actor });
    return 'asked';
  });
}

/** Hands a closed event to the dispatcher, which starts a new run of it. */
export async function returnToPending(db: Database, key: string): Promise<void> {
  await onEvent(db, key, async (tx, row) => {
    if (isClosed(row.status)) await move(tx, row, ['pending'], null);
    return null;
  });
}

async function ask(
  db: Database,
  key: string,
  mark: (
    tx: Database,
    row: LockedRow,
    deliveries: readonly EventDelivery[],
  ) => Promise<Exclude<Asked['kind'], 'unknown'>>,
): Promise<Asked> {
  const asked = await onEvent(db, key, async (tx, row, deliveries): Promise<Asked> => {
    return { kind: await mark(tx, row, deliveries), status: row.status };
  });
  return asked ?? { kind: 'unknown' };
}

async function actedOn(tx: Database, row: LockedRow, status: EventState): Promise<Acted> {
  const deliveries = (await deliveriesOf(tx, [row.seq])).get(row.seq) ?? [];
  return { status, waiting: deliveries.filter(({ state }) => state === 'waiting') };
}
