// Numbers that no counter has. Each is taken over a bounded part of the inbox: nobody counts a million rows.
import { sql } from 'drizzle-orm';
import type { Database } from '../database';

/** Processing times are those of the newest events that are processed, among so many of the newest. */
const TIMED_ROWS = 1_000;

/** From acceptance until processed, in seconds; null when none of the newest is processed. */
export async function averageProcessingSeconds(db: Database): Promise<number | null> {
  const { rows } = await db.execute<{ seconds: number | null }>(sql`
    select avg(extract(epoch from processed_at - received_at))::float8 as seconds
    from (select processed_at, received_at from events order by seq desc limit ${TIMED_ROWS}) newest
    where processed_at is not null`);
  return rows[0]?.seconds ?? null;
}

export interface DeadLetterStats {
  readonly byModel: readonly { readonly model: string; readonly count: number }[];
  readonly oldestMs: number | null;
  readonly newestMs: number | null;
}

/** Dead letters are counted by model among so many of the newest. */
const COUNTED_DEAD_LETTERS = 10_000;

/** When the oldest and the newest dead letter were accepted, and which models they are about, the most first. */
export async function deadLetterStats(db: Database): Promise<DeadLetterStats> {
  const [byModel, ends] = await Promise.all([
    db.execute<{ model: string; count: number }>(sql`
      select model, count(*)::float8 as count
      from (
        select model from events where status = 'dead_letter' order by seq desc limit ${COUNTED_DEAD_LETTERS}
      ) newest
      group by model order by count desc, model`),
    db.execute<{ oldest_ms: number | null; newest_ms: number | null }>(sql`
      select (extract(epoch from (
          select received_at from events where status = 'dead_letter' order by seq limit 1
        )) * 1000)::float8 as oldest_ms,
        (extract(epoch from (
          select received_at from events where status = 'dead_letter' order by seq desc limit 1
        )) * 1000)::float8 as newest_ms`),
  ]);
  const end = ends.rows[0];
  return { byModel: byModel.rows, oldestMs: end?.oldest_ms ?? null, newestMs: end?.newest_ms ?? null };
}
