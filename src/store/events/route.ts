// `route` and `complete`: takes events in hand for their runs with their deliveries, and closes them. Set-wise,
// in one transaction. A run that the row does not know takes it over; an older one changes nothing.
import { wants } from '../../domain/subscription';
import { isClosed, isInHand, type EventState } from '../../domain/event-state';
import type { RunStanding } from '../../domain/run';
import { CounterTally } from '../counters';
import type { Database } from '../database';
import { deliveriesOf, insertDeliveries, openDeliveries, type EventDelivery } from '../deliveries/of-events';
import { recordOf } from '../deliveries/record-of';
import { withSteadyPlans } from '../steady-plans';
import { activeFilters, type ActiveFilter } from '../subscriptions';
import { lockedRounds, standingIn, writeMoves, type LockedRow, type Move, type RunOfEvent } from './rows';

/** What `route` answers: null when no event has the key. */
export type Routed = {
  readonly status: EventState;
  readonly standing: RunStanding;
  /** To be made by this run. */
  readonly waiting: readonly EventDelivery[];
  readonly source: string;
  /** Odoo's id of the push, when one came. */
  readonly pushId: string | null;
} | null;

/** Answers in the order of `runs`. Events that nobody wants are done. */
export async function routeEvents(db: Database, runs: readonly RunOfEvent[]): Promise<readonly Routed[]> {
  return withSteadyPlans(db, async (tx) => {
    const filters = await activeFilters(tx);
    const answers = new Map<RunOfEvent, Routed>();
    const tally = new CounterTally();
    for await (const { distinct, rows } of lockedRounds(tx, runs)) {
      const inHand = distinct.flatMap((run) => {
        const row = rows.get(run.key);
        return row === undefined ? [] : [{ run, row, standing: standingIn(row, run) }];
      });
      const known = await deliveriesOf(
        tx,
        inHand.filter(({ row }) => row.runIds.length > 0).map(({ row }) => row.seq),
      );
      const takes = inHand.filter(({ standing }) => standing === 'take');
      const changed = await openFor(
        tx,
        takes.map(({ row }) => row),
        filters,
        known,
      );
      const seqs = inHand.map(({ row }) => row.seq);
      const now = changed ? await deliveriesOf(tx, seqs) : known;
      const moves: Move[] = [];
      for (const { run, row, standing } of inHand) {
        const all = now.get(row.seq) ?? [];
        const steps = standing === 'take' ? stepsOf(row, all) : [];
        if (standing === 'take') moves.push({ row, steps, run });
        const waiting = standing === 'older' ? [] : all.filter(({ state }) => state === 'waiting');
        const { source, pushId } = row;
        answers.set(run, { standing, status: steps.at(-1) ?? row.status, waiting, source, pushId });
      }
      await writeMoves(tx, moves, tally);
    }
    await tally.write(tx);
    return runs.map((run) => answers.get(run) ?? null);
  });
}

/** Opens or makes the deliveries of events that are taken. Answers whether there are any. */
async function openFor(
  tx: Database,
  rows: readonly LockedRow[],
  filters: readonly ActiveFilter[],
  known: ReadonlyMap<number, readonly EventDelivery[]>,
): Promise<boolean> {
  const fresh: LockedRow[] = [];
  const toOpen: EventDelivery[] = [];
  for (const row of rows) {
    const deliveries = known.get(row.seq) ?? [];
    const marked = deliveries.filter((delivery) => delivery.toOpen);
    if (marked.length > 0) toOpen.push(...marked);
    else if (row.runIds.length === 0) fresh.push(row);
    // Of what lost its payload nothing is left to deliver.
    else if (isClosed(row.status) && !row.payloadDropped) {
      // Reset in the Web UI: all of it again.
      fresh.push(row);
      toOpen.push(...deliveries);
    }
  }
  await openDeliveries(tx, toOpen);
  return (await insertWanted(tx, fresh, filters)) > 0 || toOpen.length > 0;
}

/** Deliveries to all who want these events and have none of them yet. Answers how many are wanted. */
export async function insertWanted(
  tx: Database,
  rows: readonly LockedRow[],
  filters: readonly ActiveFilter[],
): Promise<number> {
  const wanted = rows.flatMap((row) =>
    filters
      .filter(({ filter }) => wants(filter, row))
      .map(({ id, ordered, coalesce }) => ({
        eventSeq: row.seq,
        eventKey: row.key,
        subscriptionId: id,
        record: ordered || coalesce ? recordOf(row) : null,
      })),
  );
  await insertDeliveries(tx, wanted);
  return wanted.length;
}

function stepsOf(row: LockedRow, deliveries: readonly EventDelivery[]): readonly EventState[] {
  if (isClosed(row.status) && row.payloadDropped) return [];
  const take: readonly EventState[] = isInHand(row.status) ? [] : ['processing'];
  return deliveries.some(({ state }) => state === 'waiting') ? take : [...take, endOf(deliveries)];
}

/** Where an event goes that has nothing more to deliver. */
export function endOf(deliveries: readonly EventDelivery[]): EventState {
  return deliveries.some(({ state }) => state === 'dead') ? 'dead_letter' : 'processed';
}

/**
 * Closes events that have nothing more to deliver. An older run, or one whose event was settled by a person,
 * changes nothing. Answers the state of each.
 */
export async function completeEvents(
  db: Database,
  runs: readonly RunOfEvent[],
): Promise<readonly (EventState | null)[]> {
  if (runs.length === 0) return [];
  return withSteadyPlans(db, async (tx) => {
    const answers = new Map<RunOfEvent, EventState>();
    const tally = new CounterTally();
    for await (const { distinct, rows } of lockedRounds(tx, runs)) {
      const known = await deliveriesOf(
        tx,
        [...rows.values()].map(({ seq }) => seq),
      );
      const moves: Move[] = [];
      for (const run of distinct) {
        const row = rows.get(run.key);
        if (row === undefined) continue;
        const deliveries = known.get(row.seq) ?? [];
        // A run that the row does not know was reset behind its `route`: it closes what it finds done.
        const standing = standingIn(row, run);
        const isDone =
          standing !== 'older' &&
          isInHand(row.status) &&
          deliveries.every(({ state }) => state !== 'waiting');
        if (isDone) moves.push({ row, steps: [endOf(deliveries)], ...(standing === 'take' ? { run } : {}) });
        answers.set(run, isDone ? endOf(deliveries) : row.status);
      }
      await writeMoves(tx, moves, tally);
    }
    await tally.write(tx);
    return runs.map((run) => answers.get(run) ?? null);
  });
}
