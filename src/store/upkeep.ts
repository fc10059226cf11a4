// What autovacuum does on a server, for PGlite, which has none: clears dead rows away and keeps the planner's
// statistics fresh. Never runs beside a server's own, and never fails whoever started it.
import { sql, type SQL } from 'drizzle-orm';
import type { Logger } from '../logger';
import type { Database } from './database';

export interface Upkeep {
  /** Resolves when no statement of it is under way. */
  stop(): Promise<void>;
}

const LOOK_EVERY_MS = 10_000;

/**
 * Looks after all tables until it is stopped.
 *
 * @param everyMs how often it looks which tables need it
 */
export function startUpkeep(db: Database, log: Logger, everyMs = LOOK_EVERY_MS): Upkeep {
  let isStopped = false;
  let look: Promise<void> | null = null;
  const timer = setInterval(() => {
    // A vacuum can last longer than the interval.
    look ??= lookAfter(db, log, () => isStopped).finally(() => {
      look = null;
    });
  }, everyMs);
  timer.unref();
  return {
    stop: async () => {
      isStopped = true;
      clearInterval(timer);
      await look;
    },
  };
}

async function lookAfter(db: Database, log: Logger, isStopped: () => boolean): Promise<void> {
  try {
    for (const due of await tablesDue(db)) {
      // Each is a statement of its own, so that those who wait get in between.
      for (const act of due.acts) {
        if (isStopped()) return;
        await keepUp(db, log, due.table, act);
      }
    }
  } catch (error) {
    log.warn({ error }, 'which tables need a vacuum could not be read; it will be tried again');
  }
}

type Act = 'vacuum' | 'analyze';

async function keepUp(db: Database, log: Logger, table: string, act: Act): Promise<void> {
  const startedAtMs = Date.now();
  try {
    await db.execute(STATEMENTS[act](table));
    log.debug({ table, act, duration_ms: Date.now() - startedAtMs }, 'table looked after');
  } catch (error) {
    log.warn({ table, act, error }, 'a table could not be looked after; it will be tried again');
  }
}

const STATEMENTS: Readonly<Record<Act, (table: string) => SQL>> = {
  vacuum: (table) => sql`vacuum ${sql.identifier(table)}`,
  analyze: (table) => sql`analyze ${sql.identifier(table)}`,
};

export interface TableDue {
  readonly table: string;
  readonly acts: readonly Act[];
}

/**
 * Tables past autovacuum's own thresholds (its defaults), by the changes since the last vacuum or analyze. PGlite forgets
 * these counts at each start; what is left of them then is how far the table has outgrown its statistics.
 */
export async function tablesDue(db: Database): Promise<readonly TableDue[]> {
  // PGlite holds the counts back until it is asked to give them.
  await db.execute(sql`select pg_stat_force_next_flush()`);
  const { rows } = await db.execute<{ table: string; vacuum: boolean; analyze: boolean }>(sql`
    select relname as "table",
      has_outgrown or dead > 50 + 0.2 * known or inserted > 1000 + 0.2 * known as "vacuum",
      has_outgrown or changed > 50 + 0.1 * known as "analyze"
    from (
      select c.relname, greatest(c.reltuples, 0) as known, s.n_dead_tup as dead, s.n_ins_since_vacuum as inserted,
        s.n_mod_since_analyze as changed,
        pg_relation_size(c.oid) / current_setting('block_size')::int > 10 + 1.2 * c.relpages as has_outgrown
      from pg_stat_user_tables s join pg_class c on c.oid = s.relid
      where s.schemaname = 'public'
    ) counts
    order by relname`);
  return rows.flatMap(({ table, vacuum, analyze }) => {
    const acts = [...(vacuum ? ['vacuum' as const] : []), ...(analyze ? ['analyze' as const] : [])];
    return acts.length === 0 ? [] : [{ table, acts }];
  });
}
