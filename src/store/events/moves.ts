// Moves events from state to state, set-wise, with their counters, in one transaction.
// Every move is checked against the table in domain/event-state; a row that stands elsewhere stays.
import { sql } from 'drizzle-orm';
import { mayMove, type EventState } from '../../domain/event-state';
import { standingOf, type RunStanding } from '../../domain/run';
import { addToCounters, stateChanges } from '../counters';
import type { Database } from '../database';
import { withSteadyPlans } from '../steady-plans';

/** How long an event may stand in hand until the dispatcher looks whether its run still lives. */
const LOOK_AFTER_MS = 60_000;

export interface RunOfEvent {
  readonly key: string;
  readonly runId: string;
  readonly workflowId: string;
}

/** What `route` answers: null when no event has the key. */
export type Routed = { readonly status: EventState; readonly standing: RunStanding } | null;

/** An event as `route` sees it when it asks who wants it. */
export interface EventToRoute {
  readonly key: string;
  readonly source: string;
}

/**
 * Takes events in hand for their runs. Those that somebody wants are `processing` then, the others are done.
 * Answers in the order of `runs`.
 */
export async function routeEvents(
  db: Database,
  runs: readonly RunOfEvent[],
  isWanted: (event: EventToRoute) => boolean,
): Promise<readonly Routed[]> {
  return withSteadyPlans(db, async (tx) => {
    const answers = new Map<RunOfEvent, Routed>();
    for (const distinct of roundsOfDistinctKeys(runs)) {
      const rows = await lockRows(tx, distinct);
      const moves: Move[] = [];
      for (const run of distinct) {
        const row = rows.get(run.key);
        if (row === undefined) continue;
        const standing = standingOf(row, run.runId);
        const steps: readonly EventState[] =
          standing !== 'take'
            ? []
            : isWanted({ key: run.key, source: row.source })
              ? ['processing']
              : ['processing', 'processed'];
        if (standing === 'take') moves.push({ row, steps, run });
        answers.set(run, { standing, status: steps.at(-1) ?? row.status });
      }
      await write(tx, moves);
    }
    return runs.map((run) => answers.get(run) ?? null);
  });
}

/** Closes events that are in hand of their run; an older run, or one whose event was settled, changes nothing. */
export async function completeEvents(db: Database, runs: readonly RunOfEvent[]): Promise<void> {
  await withSteadyPlans(db, async (tx) => {
    for (const distinct of roundsOfDistinctKeys(runs)) {
      const rows = await lockRows(tx, distinct);
      const moves = distinct.flatMap(({ key, runId }) => {
        const row = rows.get(key);
        if (row === undefined || standingOf(row, runId) !== 'repeat') return [];
        const inHand = row.status === 'processing' || row.status === 'delivering';
        return inHand ? [{ row, steps: ['processed'] as const, run: null }] : [];
      });
      await write(tx, moves);
    }
  });
}

/** A local activity that was given up may still run beside the normal one: a group can hold a key twice. */
function roundsOfDistinctKeys(runs: readonly RunOfEvent[]): readonly (readonly RunOfEvent[])[] {
  const rounds: Map<string, RunOfEvent>[] = [];
  for (const run of runs) {
    const round = rounds.find((known) => !known.has(run.key));
    if (round === undefined) rounds.push(new Map([[run.key, run]]));
    else round.set(run.key, run);
  }
  return rounds.map((round) => [...round.values()]);
}

/** An event in hand past its lease. */
export interface StaleEvent {
  readonly key: string;
  readonly workflowId: string;
  readonly leaseUntilMs: number;
}

/** Processing and delivering rows past their lease, the oldest lease first. */
export async function staleEvents(db: Database, limitRows: number): Promise<readonly StaleEvent[]> {
  const { rows } = await db.execute<{ key: string; workflow_id: string | null; lease_ms: number }>(sql`
    select key, workflow_id, (extract(epoch from lease_until) * 1000)::float8 as lease_ms from events
    where status in ('processing', 'delivering') and lease_until <= now()
    order by lease_until limit ${limitRows}`);
  return rows.map((row) => ({
    key: row.key,
    workflowId: row.workflow_id ?? row.key,
    leaseUntilMs: Math.round(row.lease_ms),
  }));
}

/**
 * Settles a stale event: `renew` when its run lives, else the state it goes to. Nothing happens when the row
 * moved since it was read. Answers whether it did.
 */
export async function settleStale(
  db: Database,
  stale: StaleEvent,
  verdict: 'renew' | 'pending' | 'dead_letter',
): Promise<boolean> {
  return withSteadyPlans(db, async (tx) => {
    const row = (await lockRows(tx, [stale])).get(stale.key);
    if (row?.leaseMs !== stale.leaseUntilMs) return false;
    await write(tx, [{ row, steps: [verdict === 'renew' ? row.status : verdict], run: null }]);
    if (verdict === 'pending') await addToCounters(tx, row.source, new Map([['lost_runs', 1]]));
    return true;
  });
}

interface LockedRow {
  readonly seq: number;
  readonly source: string;
  readonly status: EventState;
  readonly runIds: readonly string[];
  readonly leaseMs: number | null;
}

/** Locks in the order of acceptance, so that two transactions never wait for each other crosswise. */
async function lockRows(
  tx: Database,
  events: readonly { readonly key: string }[],
): Promise<ReadonlyMap<string, LockedRow>> {
  const keys = events.map(({ key }) => key);
  const { rows } = await tx.execute<{
    seq: number;
    key: string;
    source: string;
    status: EventState;
    run_ids: string[];
    lease_ms: number | null;
  }>(sql`
    select seq, key, source, status, to_json(run_ids) as run_ids,
      (extract(epoch from lease_until) * 1000)::float8 as lease_ms
    from events
    where key = any(array(select json_array_elements_text(${JSON.stringify(keys)}::json)))
    order by seq for update`);
  return new Map(
    rows.map((row) => [
      row.key,
      {
        seq: row.seq,
        source: row.source,
        status: row.status,
        runIds: row.run_ids,
        leaseMs: row.lease_ms === null ? null : Math.round(row.lease_ms),
      },
    ]),
  );
}

interface Move {
  readonly row: LockedRow;
  /** The states it goes through in this transaction; the last one is written. */
  readonly steps: readonly EventState[];
  /** The run that takes the row with this move. */
  readonly run: RunOfEvent | null;
}

async function write(tx: Database, moves: readonly Move[]): Promise<void> {
  if (moves.length === 0) return;
  moves.forEach(checkMove);
  const changes = moves.map((move) => ({
    seq: move.row.seq,
    status: lastStep(move),
    run_id: move.run?.runId ?? null,
    workflow_id: move.run?.workflowId ?? null,
    lease_ms: ['processing', 'delivering'].includes(lastStep(move)) ? LOOK_AFTER_MS : null,
  }));
  await tx.execute(sql`
    update events e set status = r.status,
      lease_until = now() + r.lease_ms * interval '1 ms',
      processed_at = case when r.status = 'processed' then now() end,
      workflow_id = coalesce(r.workflow_id, e.workflow_id),
      run_ids = case when r.run_id is null then e.run_ids else e.run_ids || r.run_id end
    from json_to_recordset(${JSON.stringify(changes)}::json) as r(
      seq bigint, status text, run_id text, workflow_id text, lease_ms float8)
    where e.seq = r.seq`);
  for (const source of [...new Set(moves.map((move) => move.row.source))].sort()) {
    const ofSource = moves.filter((move) => move.row.source === source);
    await addToCounters(tx, source, stateChanges(ofSource.map((move) => [move.row.status, lastStep(move)])));
  }
}

function checkMove({ row, steps }: Move): void {
  let from = row.status;
  for (const to of steps) {
    if (!mayMove(from, to)) throw new Error(`an event may not go from ${from} to ${to} (seq ${row.seq})`);
    from = to;
  }
}

function lastStep(move: Move): EventState {
  return move.steps.at(-1) ?? move.row.status;
}
