// Both engines for one suite: every claim about the store is tested on PGlite and on PostgreSQL.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { sql } from 'drizzle-orm';
import { createLogger } from '../../src/logger';
import { openStore, type Store } from '../../src/store/database';

export interface TestStore extends Store {
  /** Empties every table. */
  empty(): Promise<void>;
}

/** Dropping a database cuts what the pool has not closed yet; a broken connection in use fails its query. */
const silent = createLogger({ level: 'silent' });

export const ENGINES = ['pglite', 'postgres'] as const;
export type Engine = (typeof ENGINES)[number];

/** Runs the suite once per engine; PostgreSQL is left out, loudly, where there is none (see global-setup). */
export function describeOnBothEngines(
  title: string,
  suite: (open: () => Promise<TestStore>, engine: Engine) => void,
): void {
  for (const engine of ENGINES) {
    const missing = engine === 'postgres' && process.env['JISR_TEST_POSTGRES_URL'] === undefined;
    (missing ? describe.skip : describe)(`${title} on ${engine}`, () => {
      suite(() => openTestStore(engine), engine);
    });
  }
}

export async function openTestStore(engine: Engine): Promise<TestStore> {
  const { store, remove } = engine === 'pglite' ? await openPglite() : await openPostgres();
  return {
    ...store,
    empty: async () => {
      await store.db.execute(
        sql`truncate events, event_copies, counters, settings, source_health, quarantine, subscriptions, deliveries,
          delivery_attempts, event_actions, circuits, notices, sync_states, device_states,
          replays restart identity`,
      );
    },
    close: async () => {
      await store.close();
      await remove();
    },
  };
}

async function openPglite() {
  const folder = mkdtempSync(join(tmpdir(), 'jisr-store-'));
  const store = await openStore({ engine: 'pglite', folder: join(folder, 'store') }, silent);
  return {
    store,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
}

async function openPostgres() {
  const database = await createTestDatabase();
  const store = await openStore({ engine: 'postgres', url: database.url }, silent);
  return { store, remove: database.drop };
}

/** A database of its own on the server that global-setup started. */
export async function createTestDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  const admin = process.env['JISR_TEST_POSTGRES_URL'];
  if (admin === undefined) throw new Error('no PostgreSQL in this run');
  const name = `t_${process.pid}_${Math.random().toString(36).slice(2)}`;
  await asAdmin(admin, `create database ${name}`);
  return {
    url: admin.replace(/\/[^/]*$/, `/${name}`),
    drop: () => asAdmin(admin, `drop database ${name} with (force)`),
  };
}

async function asAdmin(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(statement);
  await client.end();
}
