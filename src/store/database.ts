// Opens the store: PGlite in a folder, or PostgreSQL by URL. One schema, one type, two drivers.
// Holds no query: those are in one file per table.
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { sql } from 'drizzle-orm';
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres';
import { migrate as migratePg } from 'drizzle-orm/node-postgres/migrator';
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite';
import { migrate as migratePglite } from 'drizzle-orm/pglite/migrator';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { Pool, types } from 'pg';
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

// PostgreSQL sends bigint as text. Ours are sequence numbers and record ids, safe in a number.
types.setTypeParser(types.builtins.INT8, Number);

/**
 * Opens the store and brings its schema up to date. Safe when several processes start at once on one
 * PostgreSQL. A PGlite folder must be locked by the caller: PGlite itself takes no lock.
 *
 * @param onIdleError told of connections that break while no statement waits; the pool replaces them
 */
export async function openStore(
  location: StoreLocation,
  onIdleError: (error: Error) => void,
): Promise<Store> {
  return location.engine === 'pglite' ? openPglite(location.folder) : openPostgres(location.url, onIdleError);
}

async function openPglite(folder: string): Promise<Store> {
  const client = await PGlite.create(folder);
  const db = drizzlePglite(client, { schema });
  await migratePglite(db, { migrationsFolder: MIGRATIONS });
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

async function openPostgres(url: string, onIdleError: (error: Error) => void): Promise<Store> {
  const pool = new Pool({
    connectionString: url,
    max: 10,
    application_name: 'jisr',
    connectionTimeoutMillis: 5_000,
    // A server that hangs must become an error, or nobody would ever hear of it.
    query_timeout: 30_000,
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 30_000,
    keepAlive: true,
  });
  pool.on('error', onIdleError);
  // A connection that breaks between two statements of a transaction is nobody's query, and would end the process.
  pool.on('connect', (client) => client.on('error', onIdleError));
  try {
    await migratePostgres(pool);
  } catch (error) {
    await pool.end();
    throw error;
  }
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

async function migratePostgres(pool: Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await migratePg(drizzlePg(client, { schema }), { migrationsFolder: MIGRATIONS });
  } finally {
    // The lock goes with the connection, which is not used again.
    client.release(true);
  }
}
