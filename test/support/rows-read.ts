// How many rows of the inbox some work reads, by the database's own statistics.
import { sql } from 'drizzle-orm';
import type { Database } from '../../src/store/database';

/** Autovacuum, and other connections' late statistics, only ever add to it. */
export async function eventRowsRead<T>(
  db: Database,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly rows: number }> {
  const start = await settled(db);
  const result = await work();
  return { result, rows: (await settled(db)) - start };
}

/** The statistics of the other connections of a pool come in when these are idle. */
async function settled(db: Database): Promise<number> {
  for (let last = await readSoFar(db); ;) {
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const now = await readSoFar(db);
    if (now === last) return now;
    last = now;
  }
}

async function readSoFar(db: Database): Promise<number> {
  await db.execute(sql`select pg_stat_force_next_flush()`);
  await db.execute(sql`select pg_stat_clear_snapshot()`);
  const { rows } = await db.execute<{ n: number }>(sql`
    select (seq_tup_read + coalesce(idx_tup_fetch, 0))::float8 as n from pg_stat_user_tables where relname = 'events'`);
  return rows[0]!.n;
}
