// What the dispatcher asks and claims. No statement here may need fresh statistics: right after a bulk load
// there are none, and a join over the whole inbox then takes seconds.
import { sql } from 'drizzle-orm';
import type { RecordRef } from '../../domain/dispatch-order';
import type { Channel, Operation, Priority } from '../../domain/event';
import { priorityOf } from '../../domain/priority';
import { anyNumber, anyText } from '../any-of';
import type { Database } from '../database';

/** Sources with something waiting, by the counters. */
export async function sourcesWaiting(
  db: Database,
): Promise<readonly { readonly source: string; readonly pending: number }[]> {
  const { rows } = await db.execute<{ source: string; pending: number }>(
    sql`select source, value::float8 as pending from counters
      where name = 'state:pending' and value > 0 order by source`,
  );
  return rows;
}

export interface EventInFlight extends RecordRef {
  /** Its own, or its batch's. */
  readonly workflowId: string | null;
  /** Claimed, and its run has not come to it yet. */
  readonly isPending: boolean;
}

export interface PlacesTaken {
  /** Events with a workflow of their own. */
  readonly single: number;
  readonly batches: number;
}

/**
 * The same as `eventsInFlight`, counted: most looks find no free place.
 *
 * @param batchPrefix how the names of workflows that have several events begin
 */
export async function placesTaken(db: Database, batchPrefix: string): Promise<PlacesTaken> {
  const { rows } = await db.execute<{ single: number; batches: number }>(sql`
    select count(*) filter (where not is_batch)::int as single,
      count(distinct workflow_id) filter (where is_batch)::int as batches
    from (
      select workflow_id, coalesce(starts_with(workflow_id, ${batchPrefix}), false) as is_batch from (
        select workflow_id from events where status = 'processing'
        union all
        select workflow_id from events where ${STARTING}
      ) in_flight
    ) named`);
  return rows[0] ?? { single: 0, batches: 0 };
}

/** Being processed, or pending with a live lease. */
export async function eventsInFlight(db: Database): Promise<readonly EventInFlight[]> {
  const { rows } = await db.execute<RecordRow & { workflow_id: string | null; is_pending: boolean }>(sql`
    select source, model, record_id, workflow_id, false as is_pending from events where status = 'processing'
    union all
    select source, model, record_id, workflow_id, true from events
    where ${STARTING}`);
  return rows.map((row) => ({
    ...toRecord(row),
    workflowId: row.workflow_id,
    isPending: row.is_pending,
  }));
}

/** A pending row without a live lease. */
export interface WaitingEvent extends RecordRef {
  readonly priority: Priority;
  /** A run had it before. */
  readonly ranBefore: boolean;
}

/** Of one source, those that no run had yet or those that one had, by rank and acceptance. */
export async function waitingEvents(
  db: Database,
  source: string,
  ranBefore: boolean,
  limitRows: number,
): Promise<readonly WaitingEvent[]> {
  const { rows } = await db.execute<RecordRow & { priority: number }>(sql`
    select source, model, record_id, priority from events
    where status = 'pending' and source = ${source} and (lease_until is null or lease_until <= now())
      and ${ranBefore ? RAN_BEFORE : NEVER_RAN}
    order by priority, seq limit ${limitRows}`);
  return rows.map((row) => ({ ...toRecord(row), priority: priorityOf(row.priority), ranBefore }));
}

/** What its workflow and search attributes are made of. */
export interface QueuedRow extends RecordRef {
  readonly seq: number;
  readonly key: string;
  readonly operation: Operation;
  readonly priority: Priority;
  readonly ids: readonly { readonly channel: Channel; readonly id: string }[];
  readonly ranBefore: boolean;
  readonly isLeased: boolean;
}

/** Of each record the first that wait, at most as many as it names, the oldest first; in the order of `records`. */
export async function queuesOf(
  db: Database,
  records: readonly (RecordRef & { readonly depth: number })[],
): Promise<readonly (readonly QueuedRow[])[]> {
  if (records.length === 0) return [];
  const asked = records.map((record, place) => ({
    place,
    source: record.source,
    model: record.model,
    record_id: record.recordId,
    depth: record.depth,
  }));
  const { rows } = await db.execute<
    RecordRow & {
      place: number;
      seq: number;
      key: string;
      operation: Operation;
      priority: number;
      push_id: string | null;
      pull_id: string | null;
      ran_before: boolean;
      is_leased: boolean;
    }
  >(sql`
    select r.place, waiting.* from json_to_recordset(${JSON.stringify(asked)}::json) as r(
      place int, source text, model text, record_id bigint, depth int)
    cross join lateral (
      select e.seq, e.key, e.source, e.model, e.record_id, e.operation, e.priority, e.push_id, e.pull_id,
        e.run_ids <> '{}' as ran_before, coalesce(e.lease_until > now(), false) as is_leased
      from events e
      where status = 'pending' and e.source = r.source and e.model = r.model and e.record_id = r.record_id
      order by e.seq limit r.depth
    ) waiting`);
  const queues: QueuedRow[][] = records.map(() => []);
  for (const row of rows.sort((a, b) => a.seq - b.seq))
    queues[row.place]?.push({
      ...toRecord(row),
      seq: row.seq,
      key: row.key,
      operation: row.operation,
      priority: priorityOf(row.priority),
      ranBefore: row.ran_before,
      isLeased: row.is_leased,
      ids: [
        ...(row.push_id === null ? [] : [{ channel: 'push' as const, id: row.push_id }]),
        ...(row.pull_id === null ? [] : [{ channel: 'pull' as const, id: row.pull_id }]),
      ],
    });
  return queues;
}

/**
 * Gives rows a lease in the name of the workflow that is to have them. Repeats the conditions, so of two claimers
 * one gets a row. Answers which were claimed.
 */
export async function claimRows(
  db: Database,
  wanted: readonly { readonly seq: number; readonly workflowId: string }[],
  leaseMs: number,
): Promise<ReadonlySet<number>> {
  if (wanted.length === 0) return new Set();
  const asked = wanted.map(({ seq, workflowId }) => ({ seq, workflow_id: workflowId }));
  // In the order of acceptance, like everybody who locks several.
  const seqs = wanted.map(({ seq }) => seq);
  await db.execute(sql`
    select from events where seq = ${anyNumber(seqs)}
    order by seq for no key update`);
  const { rows } = await db.execute<{ seq: number }>(sql`
    update events e set lease_until = now() + ${leaseMs} * interval '1 ms', workflow_id = r.workflow_id
    from json_to_recordset(${JSON.stringify(asked)}::json) as r(seq bigint, workflow_id text)
    where e.seq = r.seq and ${STILL_PENDING} and (e.lease_until is null or e.lease_until <= now())
    returning e.seq`);
  return new Set(rows.map(({ seq }) => seq));
}

/** Pending rows whose run is open but has not come to them yet. */
export async function renewLeases(db: Database, keys: readonly string[], leaseMs: number): Promise<void> {
  if (keys.length === 0) return;
  await db.execute(sql`
    update events set lease_until = now() + ${leaseMs} * interval '1 ms'
    where ${STILL_PENDING}
      and key = ${anyText(keys)}`);
}

/** Pending rows whose start did not come about: free for the dispatcher at once. */
export async function clearLeases(db: Database, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await db.execute(sql`
    update events set lease_until = null
    where ${STILL_PENDING}
      and key = ${anyText(keys)}`);
}

// Written as the partial indexes have it.
const STARTING = sql`status = 'pending' and lease_until is not null and lease_until > now()`;
// Of rows that are found by their key. Not as the indexes have it: while the planner believes that few wait, it would go
// through all that do.
const STILL_PENDING = sql`status is not distinct from 'pending'`;
const NEVER_RAN = sql`run_ids = '{}'`;
const RAN_BEFORE = sql`run_ids <> '{}'`;

interface RecordRow extends Record<string, unknown> {
  readonly source: string;
  readonly model: string;
  readonly record_id: number;
}

function toRecord(row: RecordRow): RecordRef {
  return { source: row.source, model: row.model, recordId: row.record_id };
}
