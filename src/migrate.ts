// `jisr migrate`: brings the tables of the store up to date, and ends. Every start does the same; this is for doing
// it before.
import { loadConfig, type Config } from './config';
import { openDataFolder } from './data-folder';
import { createLogger } from './logger';
import { report, say } from './roles/run-process';
import { openStore, type StoreLocation } from './store/database';
import { countMigrations } from './store/migrate';

async function main(): Promise<void> {
  const config = loadConfig();
  const { location, release } = locate(config);
  try {
    const store = await openStore(location, createLogger(config.log));
    const { all } = await countMigrations(store.db);
    await store.close();
    say(`the tables are up to date: all ${all} migrations are made`);
  } finally {
    release();
  }
}

/** The embedded store is for one process at a time. */
function locate({ store, dataDir }: Config): {
  readonly location: StoreLocation;
  readonly release: () => void;
} {
  if (store.kind === 'postgres')
    return { location: { engine: 'postgres', url: store.url.reveal() }, release: () => undefined };
  const folder = openDataFolder(dataDir);
  const { release } = folder.lock();
  return { location: { engine: 'pglite', folder: folder.storeDir }, release };
}

main().catch(report);
