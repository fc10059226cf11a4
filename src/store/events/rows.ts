// Event rows under lock, and the one statement that moves them, with their counters.
// Every move is checked against the table in domain/event-state.
import { sql } from 'drizzle-orm';
import type { Operation, Priority } from '../../domain/event';
import { isInHand, mayMove, type EventState } from '../../domain/event-state';
import { priorityOf } from '../../domain/priority';
import { standingOf, type RunStanding } from '../../domain/run';
import type { CounterTally } from '../counters';
import { anyText } from '../any-of';
import type { Database } from '../database';

/** How long an event may stand in hand until the dispatcher looks whether its run still lives. */
const LOOK_AFTER_MS = 60_000;

export interface RunOfEvent {
  readonly key: string;
  readonly runId: string;
  readonly workflowId: string;
}

export interface LockedRow {
  readonly seq: number;
  readonly key: string;
  readonly source: string;
  readonly model: string;
  readonly recordId: number;
  readonly operation: Operation;
  readonly priority: Priority;
  readonly changedFields: readonly string[] | null;
  /** Odoo's id of the push, when one came. */
  readonly pushId: string | null;
  readonly status: EventState;
  readonly runIds: readonly string[];
  readonly workflowId: string | null;
  readonly leaseMs: number | null;
  /** Nothing of it can be delivered any more. */
  readonly payloadDropped: boolean;
}

/**
 * Locks in the order of acceptance, so that two transactions never wait for each other crosswise; not against
 * those that only refer to the row, as a copy of the event does.
 */
export async function lockRows(
  tx: Database,
  events: readonly { readonly key: string }[],
): Promise<ReadonlyMap<string, LockedRow>> {
  const keys = events.map(({ key }) => key);
  const { rows } = await tx.execute<{
    seq: number;
    key: string;
    source: string;
    model: string;
    record_id: number;
    operation: Operation;
    priority: number;
    changed_fields: string[] | null;
    push_id: string | null;
    status: EventState;
    run_ids: string[];
    workflow_id: string | null;
    lease_ms: number | null;
    payload_dropped: boolean;
  }>(sql`
    select seq, key, source, model, record_id, operation, priority, changed_fields, push_id, status,
      to_json(run_ids) as run_ids, workflow_id, (extract(epoch from lease_until) * 1000)::float8 as lease_ms,
      payload_dropped_at is not null as payload_dropped
    from events
    where key = ${anyText(keys)}
    order by seq for no key update`);
  return new Map(
    rows.map((row) => [
      row.key,
      {
        seq: row.seq,
        key: row.key,
        source: row.source,
        model: row.model,
        recordId: row.record_id,
        operation: row.operation,
        priority: priorityOf(row.priority),
        changedFields: row.changed_fields,
        pushId: row.push_id,
        status: row.status,
        runIds: row.run_ids,
        workflowId: row.workflow_id,
        leaseMs: row.lease_ms === null ? null : Math.round(row.lease_ms),
        payloadDropped: row.payload_dropped,
      },
    ]),
  );
}

/**
 * A workflow has only the rows that name it: what was claimed for another meanwhile is not its own any more. The door
 * writes no name; then the event's own workflow is meant.
 */
export function standingIn(row: LockedRow, run: RunOfEvent): RunStanding {
  return run.workflowId === (row.workflowId ?? run.key) ? standingOf(row, run.runId) : 'older';
}

export interface Move {
  readonly row: LockedRow;
  /** Through these states; none leaves it where it is, with a new lease. */
  readonly steps: readonly EventState[];
  /** The run that takes it. Without one, the run that it has keeps it. */
  readonly run?: RunOfEvent;
  /** The workflow that is to have it next. */
  readonly workflowId?: string;
}

export async function writeMoves(tx: Database, moves: readonly Move[], tally: CounterTally): Promise<void> {
  if (moves.length === 0) return;
  for (const move of moves) checkMove(move);
  const changes = moves.map((move) => ({
    seq: move.row.seq,
    status: lastStep(move),
    run_id: move.run?.runId ?? null,
    workflow_id: move.run?.workflowId ?? move.workflowId ?? null,
    lease_ms: isInHand(lastStep(move)) ? LOOK_AFTER_MS : null,
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
  for (const move of moves) tally.move(move.row.source, move.row.status, lastStep(move));
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

/**
 * Locks all, and gives them in rounds that hold a key once: a local activity that was given up may still run beside
 * the normal one. Each round sees what the one before it wrote.
 */
export async function* lockedRounds<T extends { readonly key: string }>(
  tx: Database,
  asked: readonly T[],
): AsyncGenerator<{ readonly distinct: readonly T[]; readonly rows: ReadonlyMap<string, LockedRow> }> {
  // All at once, whatever the rounds are: then nobody who has some of them waits for others.
  const locked = await lockRows(tx, asked);
  for (const [round, distinct] of roundsOfDistinctKeys(asked).entries())
    yield { distinct, rows: round === 0 ? locked : await lockRows(tx, distinct) };
}

function roundsOfDistinctKeys<T extends { readonly key: string }>(
  asked: readonly T[],
): readonly (readonly T[])[] {
  const rounds: Map<string, T>[] = [];
  for (const one of asked) {
    const round = rounds.find((known) => !known.has(one.key));
    if (round === undefined) rounds.push(new Map([[one.key, one]]));
    else round.set(one.key, one);
  }
  return rounds.map((round) => [...round.values()]);
}
