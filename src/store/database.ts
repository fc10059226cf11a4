// Opens the store: PGlite in a folder, or PostgreSQL by URL. One schema and one driver for both.
// Holds no query: those are in one file per table.
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { drizzle, type NodePgQueryResultHKT } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import type { PgDatabase } from 'drizzle-orm/pg-core';
import { Pool, types, type PoolClient, type PoolConfig } from 'pg';
import { required } from '../domain/required';
import { startPglite } from './pglite/start';
import { canPrepare, preparingStatements } from './prepared-statements';
import * as schema from './schema';

/** A database or an open transaction of either engine. */
export type Database = PgDatabase<NodePgQueryResultHKT, typeof schema>;

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
  return location.engine === 'pglite'
    ? openPglite(location.folder, onIdleError)
    : openPostgres(location.url, onIdleError);
}

async function openPglite(folder: string, onIdleError: (error: Error) => void): Promise<Store> {
  const server = await startPglite(folder);
  const { db, close } = await openPool(
    // One connection is all that PGlite has. It is kept, and whoever finds it in use waits as long as it takes.
    {
      stream: server.connect,
      user: 'postgres',
      database: 'postgres',
      ssl: false,
      max: 1,
      idleTimeoutMillis: 0,
    },
    onIdleError,
  );
  return {
    engine: 'pglite',
    ...usable(db),
    close: async () => {
      // So that the next start has no log to replay.
      await db.execute(sql`checkpoint`);
      await close();
      await server.close();
    },
  };
}

async function openPostgres(url: string, onIdleError: (error: Error) => void): Promise<Store> {
  const { db, close } = await openPool(
    {
      connectionString: url,
      max: 10,
      application_name: 'jisr',
      connectionTimeoutMillis: 5_000,
      // A server that hangs must become an error, or nobody would ever hear of it.
      query_timeout: 30_000,
      statement_timeout: 30_000,
      idle_in_transaction_session_timeout: 30_000,
      keepAlive: true,
    },
    onIdleError,
  );
  return { engine: 'postgres', ...usable(db), close };
}

function usable(db: Database): Pick<Store, 'db' | 'ping'> {
  return {
    db,
    ping: async () => {
      await db.execute(sql`select 1`);
    },
  };
}

async function openPool(config: PoolConfig, onIdleError: (error: Error) => void) {
  const pool = new Pool(config);
  pool.on('error', onIdleError);
  // A connection that breaks between two statements of a transaction is nobody's query, and would end the process.
  pool.on('connect', (client) => {
    client.on('error', onIdleError);
    canPrepare(client);
  });
  try {
    await migrateSchema(pool);
  } catch (error) {
    await pool.end();
    throw error;
  }
  const db = drizzle(pool, { schema });
  pools.set(db, pool);
  return { db, close: () => pool.end() };
}

/** The pool of every open store, for `transaction`. */
const pools = new WeakMap<Database, Pool>();
/** The database of every connection: to make one takes longer than a statement. */
const ofClients = new WeakMap<PoolClient, Database>();

/**
 * As `db.transaction`, for the hot paths: the opening goes out together with `begin`, and statements are prepared.
 *
 * @param db of a store, not of a transaction
 * @param opening statements without parameters; their answers are not looked at
 */
export async function transaction<T>(
  db: Database,
  opening: string,
  work: (tx: Database) => Promise<T>,
): Promise<T> {
  const pool = required(pools.get(db), 'the store that a transaction is for');
  const client = await pool.connect();
  const tx = ofClients.get(client) ?? drizzle(client, { schema });
  ofClients.set(client, tx);
  try {
    await client.query(`begin; ${opening}`);
    const result = await preparingStatements(client, () => work(tx));
    await client.query('commit');
    client.release();
    return result;
  } catch (error) {
    // A connection that cannot roll back is of no more use.
    const isUsable = await client.query('rollback').then(
      () => true,
      () => false,
    );
    client.release(!isUsable);
    throw error;
  }
}

async function migrateSchema(pool: Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await migrate(drizzle(client, { schema }), { migrationsFolder: MIGRATIONS });
  } finally {
    // The lock goes with the connection, which is not used again.
    client.release(true);
  }
}
