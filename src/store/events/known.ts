// What the decision about a set of copies must know: the events they may be copies of, and the keys in use.
// Must run under the source's lock.
import { createHash } from 'node:crypto';
import { sql, type SQL } from 'drizzle-orm';
import type { Operation, OdooUser, Priority } from '../../domain/event';
import { SAME_CHANGE_MS, type IncomingCopy, type KnownEvent } from '../../domain/identity';
import { priorityOf } from '../../domain/priority';
import { anyText } from '../any-of';
import type { Database, Last } from '../database';
import { withSteadyPlans } from '../steady-plans';

export interface KnownRow extends KnownEvent {
  readonly seq: number;
  readonly key: string;
  readonly priority: Priority;
  readonly category: string | null;
  readonly user: OdooUser | null;
}

/** The first half of the number of every source's lock: whoever holds one is accepting events. */
export const SOURCE_LOCKS = 1_246_909_298;

/**
 * Serialises all decisions about a source until the transaction ends, over all processes. Its statements see all
 * that the lock's last holder committed.
 */
export async function withSourceLocked<T>(
  db: Database,
  source: string,
  work: (tx: Database, last: Last) => Promise<T>,
): Promise<T> {
  const number = createHash('sha256').update(`jisr intake ${source}`).digest().readInt32BE();
  return withSteadyPlans(db, work, `select pg_advisory_xact_lock(${SOURCE_LOCKS}, ${number})`);
}

/** How a copy is asked for, as the column definitions of its JSON row; `AskedCopy` has the same names. */
export const ASKED_COLUMNS = sql`id text, fp text, model text, record_id bigint, occurred_at_ms float8`;

/** A copy as `ASKED_COLUMNS` has it: its fingerprint in hexadecimal, its time in ms. */
export interface AskedCopy {
  readonly id: string;
  readonly fp: string;
  readonly model: string;
  readonly record_id: number;
  readonly occurred_at_ms: number;
}

/**
 * The query for the `seq` of all events that one of the copies may be a copy of: of the same record, with its id on any
 * channel or its fingerprint at about its time. A prepared plan may have been made while the store was empty, so it must
 * not depend on the statistics: `is not distinct from` keeps the planner from the index by source, and the record is
 * compared behind `offset 0`.
 *
 * @param asked a table expression that has the columns of `ASKED_COLUMNS`
 */
export function possiblyKnown(asked: SQL, source: string): SQL {
  return sql`
    select same.seq from ${asked} asked cross join lateral (
      select seq, model, record_id from events
      where push_id = asked.id and source is not distinct from ${source}
      union all
      select seq, model, record_id from events
      where pull_id = asked.id and source is not distinct from ${source}
      offset 0
    ) same
    where same.model = asked.model and same.record_id = asked.record_id
    union
    select twin.event_seq from ${asked} asked cross join lateral (
      select event_seq from event_copies
      where source = ${source} and fingerprint = decode(asked.fp, 'hex')
        and occurred_at between to_timestamp((asked.occurred_at_ms - ${SAME_CHANGE_MS}) / 1000.0)
                            and to_timestamp((asked.occurred_at_ms + ${SAME_CHANGE_MS}) / 1000.0)
      offset 0
    ) twin`;
}

/** The events that one of these may be a copy of, the oldest first. */
export async function findKnown(
  db: Database,
  source: string,
  copies: readonly IncomingCopy[],
): Promise<readonly KnownRow[]> {
  const asked = copies.map((copy): AskedCopy => ({
    id: copy.id,
    fp: copy.fingerprint,
    model: copy.model,
    record_id: copy.recordId,
    occurred_at_ms: copy.occurredAtMs,
  }));
  const { rows } = await db.execute<{
    seq: number;
    key: string;
    push_id: string | null;
    pull_id: string | null;
    model: string;
    record_id: number;
    operation: Operation;
    occurred_at_ms: number;
    priority: number;
    category: string | null;
    user_id: number | null;
    user_name: string | null;
    fingerprints: string[];
  }>(sql`
    with asked as materialized (
      select * from json_to_recordset(${JSON.stringify(asked)}::json) as r(${ASKED_COLUMNS})
    ), hit as (${possiblyKnown(sql`asked`, source)})
    select e.seq, e.key, e.push_id, e.pull_id, e.model, e.record_id, e.operation,
      (extract(epoch from e.occurred_at) * 1000)::float8 as occurred_at_ms,
      e.priority, e.category, e.user_id, e.user_name,
      (select json_agg(encode(c.fingerprint, 'hex')) from event_copies c where c.event_seq = e.seq) as fingerprints
    from hit join events e on e.seq = hit.seq
    order by e.seq`);
  return rows.map((row) => ({
    seq: row.seq,
    key: row.key,
    pushId: row.push_id,
    pullId: row.pull_id,
    model: row.model,
    recordId: row.record_id,
    operation: row.operation,
    occurredAtMs: Math.round(row.occurred_at_ms),
    priority: priorityOf(row.priority),
    category: row.category,
    user: row.user_id === null && row.user_name === null ? null : { id: row.user_id, name: row.user_name },
    fingerprints: row.fingerprints,
  }));
}

/** Which of these keys some event has, of whatever source. */
export async function findTakenKeys(db: Database, keys: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await db.execute<{ key: string }>(sql`
    select key from events
    where key = ${anyText(keys)}`);
  return new Set(rows.map((row) => row.key));
}
