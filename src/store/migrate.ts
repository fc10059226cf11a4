// Brings the tables up to date, on a connection of its own: a pool cuts off statements that last as long as an
// index may take.
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { Client, type ClientConfig } from 'pg';
import type { Logger } from '../logger';

const MIGRATIONS = join(__dirname, 'migrations');
/** Any number, the same in all processes: who migrates holds this advisory lock. */
const MIGRATION_LOCK = 7_241_509;

/** Safe when several processes do it at once: one does it, the others wait. */
export async function bringUpToDate(config: ClientConfig, log: Logger): Promise<void> {
  const client = new Client({ ...config, application_name: 'jisr migrations' });
  // The statement under way fails with it; unheard it would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const db = drizzle(client);
    const { rows } = await db.execute<{ is_ours: boolean }>(
      sql`select pg_try_advisory_lock(${MIGRATION_LOCK}) as is_ours`,
    );
    if (rows[0]?.is_ours !== true) {
      log.info('another process is changing the tables; waiting for it');
      await db.execute(sql`select pg_advisory_lock(${MIGRATION_LOCK})`);
    }
    await migrateAnnounced(db, log);
  } finally {
    // The lock goes with the connection.
    await client.end();
  }
}

/** Says what is to be done before it is, because it can take minutes. */
async function migrateAnnounced(db: NodePgDatabase, log: Logger): Promise<void> {
  const { toCome: migrations } = await countMigrations(db);
  if (migrations === 0) return;
  const startedAtMs = Date.now();
  log.info(
    { migrations },
    'the tables are being changed: this can take minutes where there are millions of events, and nothing is accepted meanwhile',
  );
  await migrate(db, { migrationsFolder: MIGRATIONS });
  log.info({ migrations, duration_ms: Date.now() - startedAtMs }, 'the tables have been changed');
}

export interface Migrations {
  /** In the folder. */
  readonly all: number;
  /** Of these, newer than the newest one that was made. */
  readonly toCome: number;
}

export async function countMigrations(db: Pick<NodePgDatabase, 'execute'>): Promise<Migrations> {
  const migrations = readMigrationFiles({ migrationsFolder: MIGRATIONS });
  const all = migrations.length;
  const { rows: tables } = await db.execute<{ exists: boolean }>(
    sql`select to_regclass('drizzle.__drizzle_migrations') is not null as exists`,
  );
  if (tables[0]?.exists !== true) return { all, toCome: all };
  const { rows } = await db.execute<{ newest: number | null }>(
    sql`select max(created_at)::float8 as newest from drizzle.__drizzle_migrations`,
  );
  const newest = rows[0]?.newest ?? 0;
  return { all, toCome: migrations.filter(({ folderMillis }) => folderMillis > newest).length };
}
