// What the dispatcher asks and claims. No statement here may need fresh statistics: right after a bulk load
// there are none, and a join over the whole inbox then takes seconds.
import { sql } from 'drizzle-orm';
import type { Candidate, RecordRef } from '../../domain/dispatch-order';
import type { Channel, Operation, Priority } from '../../domain/event';
import { priorityOf } from '../../domain/priority';
import type { Database } from '../database';

/** Sources with something waiting, by the counters. */
export async function sourcesWaiting(db: Database): Promise<readonly string[]> {
  const { rows } = await db.execute<{ source: string }>(
    sql`select source from counters where name = 'state:pending' and value > 0 order by source`,
  );
  return rows.map((row) => row.source);
}

/** The records in flight: being processed, or pending with a live lease. As many rows as events in flight. */
export async function recordsInFlight(db: Database): Promise<readonly RecordRef[]> {
  const { rows } = await db.execute<RecordRow>(sql`
    select source, model, record_id from events where status = 'processing'
    union all
    select source, model, record_id from events
    where status = 'pending' and lease_until is not null and lease_until > now()`);
  return rows.map(toRecord);
}

/** Waiting events of one source without a live lease, by rank and acceptance. */
export async function waitingEvents(
  db: Database,
  source: string,
  limitRows: number,
): Promise<readonly Candidate[]> {
  const { rows } = await db.execute<RecordRow & { priority: number }>(sql`
    select source, model, record_id, priority from events
    where status = 'pending' and source = ${source} and (lease_until is null or lease_until <= now())
    order by priority, seq limit ${limitRows}`);
  return rows.map((row) => ({ ...toRecord(row), rank: row.priority }));
}

/** An event claimed for start: what the workflow and its search attributes are made of. */
export interface ClaimedEvent extends RecordRef {
  readonly key: string;
  readonly operation: Operation;
  /** Its own or what it inherits from an urgent event that waits behind it. */
  readonly priority: Priority;
  readonly ids: readonly { readonly channel: Channel; readonly id: string }[];
  /** A run took it before: a replay, or its run was lost. */
  readonly ranBefore: boolean;
}

/**
 * Claims the first waiting event of each record: gives it a lease, in the order of `records`. Repeats the
 * conditions, so of two claimers one gets the row.
 */
export async function claimHeads(
  db: Database,
  records: readonly Candidate[],
  leaseMs: number,
): Promise<readonly ClaimedEvent[]> {
  if (records.length === 0) return [];
  const asked = records.map((record, place) => ({
    place,
    source: record.source,
    model: record.model,
    record_id: record.recordId,
    rank: record.rank,
  }));
  const { rows } = await db.execute<
    RecordRow & {
      place: number;
      key: string;
      operation: Operation;
      priority: number;
      push_id: string | null;
      pull_id: string | null;
      ran_before: boolean;
    }
  >(sql`
    with head as materialized (
      select r.place, r.rank, first.seq
      from json_to_recordset(${JSON.stringify(asked)}::json) as r(
        place int, source text, model text, record_id bigint, rank smallint)
      cross join lateral (
        select seq from events e
        where status = 'pending' and e.source = r.source and e.model = r.model and e.record_id = r.record_id
        order by seq limit 1
      ) first
    )
    update events e set lease_until = now() + ${leaseMs} * interval '1 ms'
    from head
    where e.seq = head.seq and e.status = 'pending' and (e.lease_until is null or e.lease_until <= now())
    returning head.place, e.key, e.source, e.model, e.record_id, e.operation,
      least(e.priority, head.rank) as priority, e.push_id, e.pull_id,
      cardinality(e.run_ids) > 0 as ran_before`);
  return rows
    .sort((a, b) => a.place - b.place)
    .map((row) => ({
      ...toRecord(row),
      key: row.key,
      operation: row.operation,
      priority: priorityOf(row.priority),
      ranBefore: row.ran_before,
      ids: [
        ...(row.push_id === null ? [] : [{ channel: 'push' as const, id: row.push_id }]),
        ...(row.pull_id === null ? [] : [{ channel: 'pull' as const, id: row.pull_id }]),
      ],
    }));
}

/** Pending rows whose run is open but has not come to them yet. */
export async function renewLeases(db: Database, keys: readonly string[], leaseMs: number): Promise<void> {
  if (keys.length === 0) return;
  await db.execute(sql`
    update events set lease_until = now() + ${leaseMs} * interval '1 ms'
    where status = 'pending'
      and key = any(array(select json_array_elements_text(${JSON.stringify(keys)}::json)))`);
}

/** Pending rows whose start did not come about: free for the dispatcher at once. */
export async function clearLeases(db: Database, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await db.execute(sql`
    update events set lease_until = null
    where status = 'pending'
      and key = any(array(select json_array_elements_text(${JSON.stringify(keys)}::json)))`);
}

interface RecordRow extends Record<string, unknown> {
  readonly source: string;
  readonly model: string;
  readonly record_id: number;
}

function toRecord(row: RecordRow): RecordRef {
  return { source: row.source, model: row.model, recordId: row.record_id };
}
