// What is missing among the ids that were pulled from a source. Looks at a bounded range of ids, whatever the inbox has.
import { sql } from 'drizzle-orm';
import type { Gap } from '../domain/reconciliation';
import type { Database } from './database';
import { withSteadyPlans } from './steady-plans';

/** So many ids below the cursor are looked at. */
const IDS_LOOKED_AT = 100_000;
/** Shown at most; the newest are left out first. */
const MAX_GAPS = 100;
/** The first rows accepted tell where the source began: ids before that are no gap. */
const FIRST_ROWS = 1_000;
/** Of quarantine, newest first. */
const QUARANTINED_ROWS = 10_000;

export interface MissingIds {
  /** From the lowest on, at most 100. */
  readonly gaps: readonly Gap[];
  readonly count: number;
  /** The ids that were looked at; null when nothing was pulled yet. */
  readonly lookedAt: { readonly from: number; readonly to: number } | null;
}

/** An id is there when its event was accepted or its row is in quarantine. */
export async function missingIds(db: Database, source: string, cursor: number): Promise<MissingIds> {
  return withSteadyPlans(db, async (tx) => {
    const { rows: starts } = await tx.execute<{ first: number | null }>(sql`
      select min(pull_id::bigint)::float8 as first from (
        select pull_id from events where source = ${source} order by seq limit ${FIRST_ROWS}
      ) e where pull_id ~ '^[0-9]{1,15}$'`);
    const first = starts[0]?.first ?? null;
    if (first === null || cursor < first) return { gaps: [], count: 0, lookedAt: null };
    const from = Math.max(first, cursor - IDS_LOOKED_AT + 1);
    const { rows } = await tx.execute<{ from: number; to: number; age_ms: number; count: number }>(sql`
      with missing as (
        select id from generate_series(${from}::bigint, ${cursor}::bigint) id
        where not exists (select 1 from events e where e.pull_id = id::text and e.source = ${source})
      ), kept as (
        select (convert_from(raw, 'UTF8')::json ->> 'id') as id from (
          select raw from quarantine
          where source = ${source} and channel = 'pull' and exists (select 1 from missing)
          order by id desc limit ${QUARANTINED_ROWS}) q
      ), runs as (
        select min(id) as lowest, max(id) as highest from (
          select id, id - row_number() over (order by id) as run from missing
          where not exists (select 1 from kept where kept.id = missing.id::text)
        ) m group by run
      )
      select lowest::float8 as from, highest::float8 as to, (count(*) over ())::int as count,
        coalesce((select extract(epoch from now() - e.received_at) * 1000 from events e
          where e.pull_id = (highest + 1)::text and e.source = ${source} limit 1), 0)::float8 as age_ms
      from runs order by lowest limit ${MAX_GAPS}`);
    return {
      gaps: rows.map((row) => ({ from: row.from, to: row.to, ageMs: Math.max(0, row.age_ms) })),
      count: rows[0]?.count ?? 0,
      lookedAt: { from, to: cursor },
    };
  });
}

/** The lowest pulled id whose event has not come to a good end; null when there is none. */
export async function lowestOpenId(db: Database, source: string): Promise<number | null> {
  const { rows } = await db.execute<{ lowest: number | null }>(sql`
    select min(pull_id::bigint)::float8 as lowest from events
    where source = ${source} and status in ('pending', 'processing', 'delivering', 'dead_letter')
      and pull_id ~ '^[0-9]{1,15}$'`);
  return rows[0]?.lowest ?? null;
}
