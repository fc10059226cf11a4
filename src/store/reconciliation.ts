// What a source's books say: its counters, the lowest id that is open, and which ids were never pulled. Looks at a
// bounded range of ids in short statements, whatever the inbox has, so that nobody waits behind it.
import { sql, type SQL } from 'drizzle-orm';
import type { Gap } from '../domain/books';
import { readTotals, type Totals } from './counters';
import type { Database } from './database';
import { withSnapshot, withSteadyPlans } from './steady-plans';

/** So many ids below the cursor are looked at, in parts. */
export const IDS_LOOKED_AT = 100_000;
const IDS_A_PART = 10_000;
/** Where more is open, nobody looks for the lowest id of it. */
export const OPEN_LOOKED_AT = 20_000;

export interface Books {
  readonly totals: Totals;
  /** Null when nothing that was pulled is open; `many` when too much is, to look for it. */
  readonly lowestOpenId: number | null | 'many';
}

/** In one snapshot: what moves meanwhile is on one side of it or on the other, and sums add up. */
export async function readBooks(db: Database, source: string): Promise<Books> {
  return withSnapshot(db, async (tx) => {
    const totals = await readTotals(tx, source);
    const all = await readTotals(tx);
    const { pending, processing, delivering, dead_letter: dead } = all.states;
    const open = pending + processing + delivering + dead + all.of('quarantined');
    return { totals, lowestOpenId: open > OPEN_LOOKED_AT ? 'many' : await lowestOpenId(tx, source) };
  });
}

async function lowestOpenId(tx: Database, source: string): Promise<number | null> {
  const { rows } = await tx.execute<{ lowest: number | null }>(lowestOpenQuery(source));
  return rows[0]?.lowest ?? null;
}

/** Each state by the partial index that has it: fenced off, or the one by source would be taken. */
export function lowestOpenQuery(source: string): SQL {
  return sql`
    select min(pull_id::bigint)::float8 as lowest from (
      select source, pull_id from (select * from events where status = 'pending' offset 0) e
      union all
      select source, pull_id from (select * from events where status in ('processing', 'delivering') offset 0) e
      union all
      select source, pull_id from (select * from events where status = 'dead_letter' offset 0) e
      union all
      select source, pull_id from (select * from quarantine where status = 'open' offset 0) q
    ) open where source = ${source} and pull_id ~ '^[0-9]{1,15}$'`;
}

export interface PulledIds {
  readonly name: string;
  /** Whether a pushed event may never be pulled, because its own run acknowledges it. */
  readonly sharedEventIds: boolean;
}

export interface MissingIds {
  /** From the lowest on; what lies below the lowest known id is no gap, for nobody knows where Odoo's ids begin. */
  readonly gaps: readonly Gap[];
  /** The range that was looked at, and since when its lowest id is known; null when nothing was pulled yet. */
  readonly lookedAt: { readonly from: number; readonly to: number; readonly ageMs: number | null } | null;
}

/**
 * An id is there when its event was accepted or its row is in quarantine; once there, it never goes.
 *
 * @param cursor of the pull, read before: whatever it has passed is committed
 */
export async function missingIds(db: Database, source: PulledIds, cursor: number): Promise<MissingIds> {
  if (cursor < 1) return { gaps: [], lookedAt: null };
  const from = Math.max(1, cursor - IDS_LOOKED_AT + 1);
  const gaps: Gap[] = [];
  for (let lowest = from; lowest <= cursor; lowest += IDS_A_PART) {
    const highest = Math.min(cursor, lowest + IDS_A_PART - 1);
    for (const gap of await gapsBetween(db, source, lowest, highest)) {
      const before = gaps.at(-1);
      const goesOn = before !== undefined && before.to + 1 === gap.from;
      gaps.splice(goesOn ? -1 : gaps.length, 1, goesOn ? { ...gap, from: before.from } : gap);
    }
  }
  // Unless the cursor itself is missing: then nothing is known that Odoo's ids could begin at.
  const [first] = gaps;
  const beginsBelow = first?.from === from && first.to < cursor;
  const ageMs = beginsBelow ? first.ageMs : await ageOf(db, source, from);
  return { gaps: beginsBelow ? gaps.slice(1) : gaps, lookedAt: { from, to: cursor, ageMs } };
}

async function gapsBetween(db: Database, source: PulledIds, lowest: number, highest: number) {
  const { rows } = await withSteadyPlans(db, (tx) =>
    tx.execute<{ from: number; to: number; age_ms: number | null }>(gapsQuery(source, lowest, highest)),
  );
  return rows.map((row): Gap => ({ from: row.from, to: row.to, ageMs: row.age_ms }));
}

/** Each id by the index that has it. */
export function gapsQuery(source: PulledIds, lowest: number, highest: number): SQL {
  return sql`
    with missing as (
      select n from generate_series(${lowest}::bigint, ${highest}::bigint) as asked(n)
      where not exists (${eventsWith(sql`asked.n::text`, source)}) and not exists (
        select from quarantine q where q.pull_id = asked.n::text and q.source = ${source.name} offset 0)
    ), runs as (
      select min(n) as lowest, max(n) as highest
      from (select n, n - row_number() over (order by n) as run from missing) m group by run
    )
    select lowest::float8 as from, highest::float8 as to, ${age(sql`(runs.highest + 1)::text`, source)} as age_ms
    from runs order by lowest`;
}

async function ageOf(db: Database, source: PulledIds, id: number): Promise<number | null> {
  const { rows } = await withSteadyPlans(db, (tx) =>
    tx.execute<{ age_ms: number | null }>(sql`select ${age(sql`${String(id)}::text`, source)} as age_ms`),
  );
  return rows[0]?.age_ms ?? null;
}

/** Since an id is known by the channel that was asked for it, in ms; null when it is not. */
function age(id: SQL, source: PulledIds): SQL {
  const channel = source.sharedEventIds ? sql`` : sql`and c.channel = 'pull'`;
  return sql`(
    select greatest(0, extract(epoch from now() - max(known.at)) * 1000)::float8 from (
      select c.first_at as at from (${eventsWith(id, source)}) e
      join event_copies c on c.event_seq = e.seq ${channel}
      union all
      select q.first_at from quarantine q where q.pull_id = ${id} and q.source = ${source.name}
    ) known having count(*) > 0)`;
}

function eventsWith(id: SQL, { name, sharedEventIds }: PulledIds): SQL {
  const pulled = sql`select e.seq from events e where e.pull_id = ${id} and e.source = ${name}`;
  // Without `offset` it would become a join with all events of the source, where the planner knows nothing yet.
  if (!sharedEventIds) return sql`${pulled} offset 0`;
  return sql`${pulled} union all select e.seq from events e where e.push_id = ${id} and e.source = ${name}`;
}
