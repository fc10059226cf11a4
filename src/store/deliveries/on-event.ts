// One act on one event as a whole: in a transaction, under the lock of its row, with its deliveries at hand.
import type { EventAction } from '../../domain/event-action';
import type { EventState } from '../../domain/event-state';
import { CounterTally } from '../counters';
import type { Database } from '../database';
import { lockRows, writeMoves, type LockedRow, type RunOfEvent } from '../events/rows';
import { eventActions } from '../schema';
import { withSteadyPlans } from '../steady-plans';
import { deliveriesOf, type EventDelivery } from './of-events';

/** Null when there is no such event, or `act` answers so. */
export async function onEvent<T>(
  db: Database,
  key: string,
  act: (tx: Database, row: LockedRow, deliveries: readonly EventDelivery[]) => Promise<T | null>,
): Promise<T | null> {
  return withSteadyPlans(db, async (tx) => {
    const row = (await lockRows(tx, [{ key }])).get(key);
    if (row === undefined) return null;
    return act(tx, row, (await deliveriesOf(tx, [row.seq])).get(row.seq) ?? []);
  });
}

export async function move(
  tx: Database,
  row: LockedRow,
  steps: readonly EventState[],
  run: RunOfEvent | null,
): Promise<void> {
  const tally = new CounterTally();
  await writeMoves(tx, [{ row, steps, ...(run === null ? {} : { run }) }], tally);
  await tally.write(tx);
}

export async function noteAction(
  tx: Database,
  row: LockedRow,
  action: EventAction,
  why: { readonly reason: string | null; readonly actor: string | null },
): Promise<void> {
  await tx.insert(eventActions).values({ eventSeq: row.seq, action, ...why });
}
