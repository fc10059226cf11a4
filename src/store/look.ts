// A look at the store for a check-up: what it is, how large, up to date, and whether it takes what is written.
// Leaves nothing behind.
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { Client } from 'pg';
import type { IdPair } from '../domain/checkups/odoo';
import type { StoreFacts } from '../domain/checkups/store';
import type { Database, Store } from './database';
import { innermostMessage } from './errors';
import { countMigrations } from './migrate';
import * as schema from './schema';

/** A person waits for the answer. */
const ANSWER_WITHIN_MS = 5_000;

export async function lookAtStore(
  db: Database,
  engine: Store['engine'],
  freeBytes: number | null,
): Promise<StoreFacts> {
  const { rows } = await db.execute<{ version: string; bytes: number }>(sql`
    select current_setting('server_version') as version,
      pg_database_size(current_database())::float8 as bytes`);
  const { version = '', bytes = 0 } = rows[0] ?? {};
  const number = version.split(' ', 1)[0] ?? '';
  const { all, toCome } = await countMigrations(db);
  return {
    engine: engine === 'pglite' ? `PGlite (PostgreSQL ${number})` : `PostgreSQL ${number}`,
    migrationsDone: all - toCome,
    migrationsToCome: toCome,
    bytes,
    notWritable: toCome === all ? null : await tryToWrite(db),
    freeBytes,
  };
}

/** Events that came by both channels, of the source's newest 1,000, the newest first. */
export async function idPairs(db: Database, source: string): Promise<readonly IdPair[]> {
  const { rows } = await db.execute<{ push_id: string; pull_id: string }>(sql`
    select push_id, pull_id from (
      select seq, push_id, pull_id from events where source = ${source} order by seq desc limit 1000
    ) newest where push_id is not null and pull_id is not null order by seq desc limit 20`);
  return rows.map((row) => ({ pushId: row.push_id, pullId: row.pull_id }));
}

/** For a look from outside of the processes that use it. Changes no table. */
export async function withPostgres<T>(url: string, look: (db: Database) => Promise<T>): Promise<T> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: ANSWER_WITHIN_MS,
    query_timeout: ANSWER_WITHIN_MS,
    application_name: 'jisr doctor',
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await look(drizzle(client, { schema }));
  } finally {
    await client.end();
  }
}

class Undone extends Error {}

/** Null when it took a row, which is taken back; else why not. */
async function tryToWrite(db: Database): Promise<string | null> {
  try {
    await db.transaction(async (tx) => {
      await tx.execute(sql`insert into settings (name, value) values ('doctor', '{}')
        on conflict (name) do update set value = excluded.value`);
      throw new Undone();
    });
  } catch (error) {
    if (error instanceof Undone) return null;
    return innermostMessage(error);
  }
  return null;
}
