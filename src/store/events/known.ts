// What the decision about a set of copies must know: the events they may be copies of, and the keys in use.
// Must run under the source's lock.
import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
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

/**
 * Events with one of the copies' ids on any channel, or with one of their fingerprints at about their time. A prepared plan may
 * have been made while the store was empty, so it must not depend on the statistics: `is not distinct from` keeps the
 * planner from the index by source.
 */
export async function findKnown(
  db: Database,
  source: string,
  copies: readonly IncomingCopy[],
): Promise<readonly KnownRow[]> {
  const asked = copies.map((copy) => ({ id: copy.id, fp: copy.fingerprint, at_ms: copy.occurredAtMs }));
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
      select id, decode(fp, 'hex') as fp, to_timestamp(at_ms / 1000.0) as at
      from json_to_recordset(${JSON.stringify(asked)}::json) as r(id text, fp text, at_ms float8)
    ), hit as (
      select same.seq from asked cross join lateral (
        select seq from events
        where push_id = asked.id and source is not distinct from ${source}
        union all
        select seq from events
        where pull_id = asked.id and source is not distinct from ${source}
        offset 0
      ) same
      union
      select twin.event_seq from asked cross join lateral (
        select event_seq from event_copies
        where source = ${source} and fingerprint = asked.fp
          and occurred_at between asked.at - ${SAME_CHANGE_MS} * interval '1 ms'
                              and asked.at + ${SAME_CHANGE_MS} * interval '1 ms'
        offset 0
      ) twin
    )
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
