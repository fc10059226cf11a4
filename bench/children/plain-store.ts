// One table on either engine, opened as Jisr opens its store: the yardsticks write to it, a statement at a time.
import { PGlite } from '@electric-sql/pglite';
import { Pool } from 'pg';
import { z } from 'zod';

export const storeLocation = z.union([
  z.object({ engine: z.literal('pglite'), folder: z.string() }),
  z.object({ engine: z.literal('postgres'), url: z.string() }),
]);
export type StoreLocation = z.infer<typeof storeLocation>;

export interface PlainStore {
  run(statement: string, values: readonly (string | number)[]): Promise<void>;
}

/** As many as Jisr's pool has. */
const CONNECTIONS = 10;

const TABLE = `create table if not exists plain (
  id bigserial primary key, event_id text not null, payload jsonb not null,
  status text not null default 'pending', received_at timestamptz not null default now())`;

/** @param connections of PostgreSQL */
export async function openPlainStore(
  location: StoreLocation,
  connections: number = CONNECTIONS,
): Promise<PlainStore> {
  if (location.engine === 'pglite') {
    const client = await PGlite.create(location.folder);
    await client.exec(TABLE);
    return {
      run: async (statement, values) => {
        await client.query(statement, [...values]);
      },
    };
  }
  const pool = new Pool({ connectionString: location.url, max: connections });
  await pool.query(TABLE);
  return {
    run: async (statement, values) => {
      await pool.query(statement, [...values]);
    },
  };
}
