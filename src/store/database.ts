// Opens the store: PGlite in a folder, or PostgreSQL by URL. One schema, one type, two drivers.
// Holds no query: those are in one file per table.
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { sql } from 'drizzle-orm';
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres';
import { migrate as migratePg } from 'drizzle-orm/node-postgres/migrator';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite';
import { migrate as migratePglite } from 'drizzle-orm/pglite/migrator';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { Client, Pool, types } from 'pg';
import type { Logger } from '../logger';
import * as schema from './schema';

interface Rows<Row> {
  rows: Row[];
}
/** What both drivers answer to a raw statement. */
interface RowsHKT extends PgQueryResultHKT {
  type: Rows<this['row']>;
}

/** A database or an open transaction of either engine. */
export type Database = PgDatabase<RowsHKT, typeof schema>;

export type StoreLocation =
  | { readonly engine: 'pglite'; readonly folder: string }
  | { readonly engine: 'postgres'; readonly url: string };

export interface Store {
  readonly engine: StoreLocation['engine'];
  readonly db: Database;
  /** Rejects when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

const MIGRATIONS = join(__dirname, 'migrations');
/** Any number, the same in all processes: who migrates holds this advisory lock. */
const MIGRATION_LOCK = 7_241_509;
const CONNECTION_TIMEOUT_MS = 5_000;
/** An index over millions of events takes minutes, and so does waiting for the process that makes it. */
const MIGRATION_LIMIT_MS = 15 * 60_000;

// PostgreSQL sends bigint as text. Ours are sequence numbers and record ids, safe in a number.
types.setTypeParser(types.builtins.INT8, Number);

/**
 * Opens the store and brings its schema up to date. Safe when several processes start at once on one
 * PostgreSQL. A PGlite folder must be locked by the caller: PGlite itself takes no lock.
 */
export async function openStore(location: StoreLocation, log: Logger): Promise<Store> {
  return location.engine === 'pglite' ? openPglite(location.folder, log) : openPostgres(location.url, log);
}

async function openPglite(folder: string, log: Logger): Promise<Store> {
  const client = await PGlite.create(folder);
  const db = drizzlePglite(client, { schema });
  await announced(db, log, () => migratePglite(db, { migrationsFolder: MIGRATIONS }));
  return {
    engine: 'pglite',
    db,
    ping: async () => {
      await db.execute(sql`select 1`);
    },
    close: async () => {
      // So that the next start has no log to replay.
      await db.execute(sql`checkpoint`);
      await client.close();
    },
  };
}

async function openPostgres(url: string, log: Logger): Promise<Store> {
  // The pool replaces what breaks while no statement waits.
  const onIdleError = (error: Error) => {
    log.warn({ err: error }, 'a connection to the database broke');
  };
  await migratePostgres(url, log);
  const pool = new Pool({
    connectionString: url,
    max: 10,
    application_name: 'jisr',
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
    // A server that hangs must become an error, or nobody would ever hear of it.
    query_timeout: 30_000,
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 30_000,
    keepAlive: true,
  });
  pool.on('error', onIdleError);
  // A connection that breaks between two statements of a transaction is nobody's query, and would end the process.
  pool.on('connect', (client) => client.on('error', onIdleError));
  const db = drizzlePg(pool, { schema });
  return {
    engine: 'postgres',
    db,
    ping: async () => {
      await db.execute(sql`select 1`);
    },
    close: () => pool.end(),
  };
}

/** On a connection of its own: the pool cuts off statements that last as long as an index may take. */
async function migratePostgres(url: string, log: Logger): Promise<void> {
  const client = new Client({
    connectionString: url,
    application_name: 'jisr migrations',
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
    query_timeout: MIGRATION_LIMIT_MS,
    statement_timeout: MIGRATION_LIMIT_MS,
    idle_in_transaction_session_timeout: 30_000,
    keepAlive: true,
  });
  // The statement under way fails with it; unheard it would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const db = drizzlePg(client, { schema });
    const { rows } = await db.execute<{ is_ours: boolean }>(
      sql`select pg_try_advisory_lock(${MIGRATION_LOCK}) as is_ours`,
    );
    if (rows[0]?.is_ours !== true) {
      log.info('another process is changing the tables; waiting for it');
      await db.execute(sql`select pg_advisory_lock(${MIGRATION_LOCK})`);
    }
    await announced(db, log, () => migratePg(db, { migrationsFolder: MIGRATIONS }));
  } finally {
    // The lock goes with the connection.
    await client.end();
  }
}

/** Says what is to be done before it is, because it can take minutes. */
async function announced(db: Database, log: Logger, migrate: () => Promise<void>): Promise<void> {
  const migrations = await migrationsToCome(db);
  if (migrations === 0) return;
  const startedAtMs = Date.now();
  log.info(
    { migrations },
    'the tables are being changed: this can take minutes where there are millions of events, and nothing is accepted meanwhile',
  );
  await migrate();
  log.info({ migrations, durationMs: Date.now() - startedAtMs }, 'the tables have been changed');
}

/** Of those in the folder, how many are newer than the newest one that was made. */
async function migrationsToCome(db: Database): Promise<number> {
  const all = readMigrationFiles({ migrationsFolder: MIGRATIONS });
  const { rows: tables } = await db.execute<{ exists: boolean }>(
    sql`select to_regclass('drizzle.__drizzle_migrations') is not null as exists`,
  );
  if (tables[0]?.exists !== true) return all.length;
  const { rows } = await db.execute<{ newest: number | null }>(
    sql`select max(created_at)::float8 as newest from drizzle.__drizzle_migrations`,
  );
  return all.filter(({ folderMillis }) => folderMillis > (rows[0]?.newest ?? 0)).length;
}
