// Opens the store: PGlite in a folder, or PostgreSQL by URL. One schema and one driver for both.
// Holds no query: those are in one file per table.
import { sql } from 'drizzle-orm';
import { drizzle, type NodePgQueryResultHKT } from 'drizzle-orm/node-postgres';
import type { PgDatabase } from 'drizzle-orm/pg-core';
import { Pool, types, type PoolClient, type PoolConfig } from 'pg';
import { required } from '../domain/required';
import type { Logger } from '../logger';
import { createLocalBell, createSharedBell, type InboxBell } from './inbox-bell';
import { bringUpToDate } from './migrate';
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
  /** To be rung by whoever accepts events. */
  readonly inboxBell: InboxBell;
  /** Rejects when the database does not answer. A standby answers and takes no writes. */
  ping(): Promise<{ readonly takesWrites: boolean }>;
  /** Of the pool: open ones, of these unused ones, and who waits for one. */
  connections(): { readonly open: number; readonly idle: number; readonly waiting: number };
  close(): Promise<void>;
}

/** A server that hangs must become an error, or nobody would ever hear of it. */
const STATEMENT_LIMIT_MS = 30_000;
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
  const server = await startPglite(folder);
  const connection = { stream: server.connect, user: 'postgres', database: 'postgres', ssl: false };
  try {
    await bringUpToDate(connection, log);
  } catch (error) {
    await server.close();
    throw error;
  }
  // One connection is all that PGlite has. It is kept, and whoever finds it in use waits as long as it takes.
  const { close, ...store } = openPool({ ...connection, max: 1, idleTimeoutMillis: 0 }, log);
  return {
    engine: 'pglite',
    ...store,
    inboxBell: createLocalBell(),
    close: async () => {
      // So that the next start has no log to replay.
      await store.db.execute(sql`checkpoint`);
      await close();
      await server.close();
    },
  };
}

async function openPostgres(url: string, log: Logger): Promise<Store> {
  const limited = (limitMs: number) => ({
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    query_timeout: limitMs,
    statement_timeout: limitMs,
    idle_in_transaction_session_timeout: STATEMENT_LIMIT_MS,
    keepAlive: true,
  });
  await bringUpToDate(limited(MIGRATION_LIMIT_MS), log);
  const config = { ...limited(STATEMENT_LIMIT_MS), max: 10, application_name: 'jisr' };
  const { close, ...store } = openPool(config, log);
  const inboxBell = createSharedBell(limited(STATEMENT_LIMIT_MS), (statement) => store.db.execute(statement));
  return {
    engine: 'postgres',
    ...store,
    inboxBell,
    close: async () => {
      await inboxBell.close();
      await close();
    },
  };
}

function openPool(config: PoolConfig, log: Logger): Omit<Store, 'engine' | 'inboxBell'> {
  const pool = new Pool({ ...config, pipeline: true });
  // The pool replaces what breaks while no statement waits.
  const onIdleError = (error: Error) => {
    log.warn({ error }, 'a connection to the database broke');
  };
  pool.on('error', onIdleError);
  pool.on('connect', (client) => {
    // One that breaks between two statements of a transaction is nobody's query, and would end the process.
    client.on('error', onIdleError);
    canPrepare(client);
  });
  const db = drizzle(pool, { schema });
  pools.set(db, pool);
  return {
    db,
    ping: async () => {
      const { rows } = await db.execute<{ transaction_read_only: string }>(sql`show transaction_read_only`);
      return { takesWrites: rows[0]?.transaction_read_only === 'off' };
    },
    connections: () => ({ open: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => pool.end(),
  };
}

/** The pool of every open store, for `transaction`. */
const pools = new WeakMap<Database, Pool>();
/** The database of every connection: to make one takes longer than a statement. */
const ofClients = new WeakMap<PoolClient, Database>();

/** Hands over a statement that was sent and is not waited for: the commit goes out right behind it. */
export type Last = (sent: Promise<unknown>) => void;

/**
 * As `db.transaction`, for the hot paths: `begin`, the opening and the first statement of `work` go out together, and so
 * do those that it hands to `last` and the commit. Statements are prepared.
 *
 * @param db of a store, not of a transaction
 * @param opening statements without parameters; their answers are not looked at
 * @param texts that vary with what is asked for are not prepared
 */
export async function transaction<T>(
  db: Database,
  opening: string,
  work: (tx: Database, last: Last) => Promise<T>,
  texts: 'fixed' | 'varying' = 'fixed',
): Promise<T> {
  const pool = required(pools.get(db), 'the store that a transaction is for');
  const client = await pool.connect();
  const tx = ofClients.get(client) ?? drizzle(client, { schema });
  ofClients.set(client, tx);
  const sent: Promise<unknown>[] = [];
  const last: Last = (statement) => {
    sent.push(statement);
    // Thrown below; until then it is nobody's rejection.
    statement.catch(() => undefined);
  };
  try {
    // Where it fails, so does every statement behind it: the transaction is aborted then.
    last(client.query(`begin; ${opening}`));
    const result = await (texts === 'fixed'
      ? preparingStatements(client, () => work(tx, last))
      : work(tx, last));
    const [{ command }] = await Promise.all([client.query('commit'), ...sent]);
    // Behind a statement that failed a commit rolls back, and is no error itself.
    if (command !== 'COMMIT') throw new Error(`the transaction ended with ${command}`);
    client.release();
    return result;
  } catch (error) {
    const first = (await Promise.allSettled(sent)).find(({ status }) => status === 'rejected');
    // A connection that cannot roll back is of no more use.
    const isUsable = await client.query('rollback').then(
      () => true,
      () => false,
    );
    client.release(!isUsable);
    // Those behind the first that failed only say that the transaction is aborted.
    throw first?.status === 'rejected' ? first.reason : error;
  }
}

/** Sends a statement now, behind what was sent before it. Without it drizzle waits for somebody who awaits. */
export function sendNow<T>(statement: PromiseLike<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    statement.then(resolve, reject);
  });
}
