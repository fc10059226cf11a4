// A store as an older version left it: with the tables of its migrations and no newer ones.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { Client, type ClientConfig } from 'pg';
import { createLogger } from '../../src/logger';
import { openStore, type Store, type StoreLocation } from '../../src/store/database';
import { startPglite } from '../../src/store/pglite/start';
import { createTestDatabase, type Engine } from './stores';

const MIGRATIONS = join(__dirname, '../../src/store/migrations');

export interface OldStore {
  /** As this version opens it. */
  open(): Promise<Store>;
  remove(): Promise<void>;
}

/** @param fill with the old tables */
export async function openOldStore(
  engine: Engine,
  migrations: number,
  fill: (client: Client) => Promise<void>,
): Promise<OldStore> {
  const folder = mkdtempSync(join(tmpdir(), 'jisr-old-'));
  const database = engine === 'postgres' ? await createTestDatabase() : null;
  const location: StoreLocation =
    database === null
      ? { engine: 'pglite', folder: join(folder, 'store') }
      : { engine: 'postgres', url: database.url };
  await filled(location, firstMigrations(folder, migrations), fill);
  return {
    open: () => openStore(location, createLogger({ level: 'silent' })),
    remove: async () => {
      await database?.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function filled(
  location: StoreLocation,
  migrationsFolder: string,
  fill: (client: Client) => Promise<void>,
): Promise<void> {
  const { config, close } = await reach(location);
  const client = new Client(config);
  await client.connect();
  await migrate(drizzle(client), { migrationsFolder });
  await fill(client);
  await client.end();
  await close();
}

async function reach(location: StoreLocation): Promise<{ config: ClientConfig; close: () => Promise<void> }> {
  if (location.engine === 'postgres')
    return { config: { connectionString: location.url }, close: () => Promise.resolve() };
  const { connect, close } = await startPglite(location.folder);
  return { config: { stream: connect, user: 'postgres', database: 'postgres', ssl: false }, close };
}

function firstMigrations(folder: string, count: number): string {
  const copy = join(folder, 'migrations');
  cpSync(MIGRATIONS, copy, { recursive: true });
  const path = join(copy, 'meta/_journal.json');
  const journal = JSON.parse(readFileSync(path, 'utf8')) as { entries: readonly unknown[] };
  writeFileSync(path, JSON.stringify({ ...journal, entries: journal.entries.slice(0, count) }));
  return copy;
}
