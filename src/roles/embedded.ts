// Everything in one process: the Temporal dev server and PGlite where nothing else is configured, the worker
// and the API. Opens in order, closes in the opposite one.
import type { Config, Environment, Secret } from '../config';
import { SEARCH_ATTRIBUTE_TYPES } from '../contracts/search-attributes';
import { openDataFolder, type DataFolder, type KeptKey } from '../data-folder';
import type { Logger } from '../logger';
import { openStore, type Store } from '../store/database';
import { startUpkeep } from '../store/upkeep';
import { findTemporalCli } from '../temporal/cli-finder';
import { startDevServer } from '../temporal/dev-server';
import { openSession, type TemporalSession, type TemporalTarget } from '../temporal/session';
import { startApiRole } from './api-role';
import { Closing, type Running } from './closing';
import { watchWorkflows } from './watch-workflows';
import { plantSeeds } from './seeds';
import { startWorkerRole, type WorkerPorts } from './worker-role';

export interface Bridge extends Running {
  readonly url: string;
  readonly uiUrl: string | null;
  /** host:port, for the `temporal` program; null where the configuration leaves it to the client. */
  readonly temporalAddress: string | null;
  readonly adminKey: string;
  /** Keys that this start made, where nothing was configured. */
  readonly newKeys: readonly { readonly name: string; readonly file: string }[];
  readonly session: TemporalSession;
  readonly store: Store;
}

export interface BridgeOptions {
  readonly config: Config;
  /** Child programs (temporal, go) are found by it and get it. */
  readonly env: Environment;
  readonly log: Logger;
  readonly say: (line: string) => void;
  /** The workflow bundle; see `prebuiltBundle`. */
  readonly bundlePath: string;
  /** Ports of the worker that a test puts something else in for. */
  readonly ports?: WorkerPorts;
}

/** The dev server's own habit, so that bookmarks lead somewhere. */
const PREFERRED_UI_PORT = 8233;

export async function startBridge(options: BridgeOptions): Promise<Bridge> {
  const { config, log, bundlePath, ports } = options;
  const closing = new Closing();
  try {
    const folder = openDataFolder(config.dataDir);
    const lock = folder.lock();
    closing.add(lock.release);
    const admin = configuredOr(config.adminKey, folder.adminKey);
    const secret = configuredOr(config.deliveries.secretKey, folder.secretKey);
    const [adminKey, secretKey] = [admin.key, secret.key];
    const temporal = await reachTemporal(options, folder, closing);
    const store = await openConfiguredStore(config, folder, log);
    closing.add(() => store.close());
    await plantSeeds(store.db, config.subscriptions, secretKey);
    if (store.engine === 'pglite') {
      const upkeep = startUpkeep(store.db, log);
      closing.add(() => upkeep.stop());
    }
    const session = await openSession(temporal.target, log);
    closing.add(() => session.close());
    const worker = await startWorkerRole({
      config,
      store,
      session,
      secretKey,
      log,
      bundlePath,
      ...(ports ? { ports } : {}),
    });
    closing.add(() => worker.stop());
    const { uiUrl } = temporal;
    const api = await startApiRole({
      config,
      store,
      session,
      adminKey,
      secretKey,
      uiUrl,
      startsEagerly: true,
      log,
      ...(ports ? { ports } : {}),
    });
    closing.add(() => api.stop());
    closing.add(await watchWorkflows(session, config, log, store.db));
    return {
      url: api.url,
      uiUrl,
      temporalAddress: temporal.target.options.address ?? null,
      adminKey: adminKey.reveal(),
      newKeys: [
        ...(admin.made ? [{ name: 'Admin key', file: admin.file }] : []),
        ...(secret.made ? [{ name: 'Secret key', file: secret.file }] : []),
      ],
      session,
      store,
      ended: Promise.race([worker.ended, temporal.lost]),
      stop: () => closing.close(),
    };
  } catch (error) {
    await closing.close();
    throw error;
  }
}

function configuredOr(configured: Secret | null, keep: () => KeptKey): KeptKey {
  return configured === null ? keep() : { key: configured, file: '', made: false };
}

interface ReachedTemporal {
  readonly target: TemporalTarget;
  readonly uiUrl: string | null;
  /** Rejects when the embedded server ends by itself. */
  readonly lost: Promise<never>;
}

async function reachTemporal(
  { config, env, say }: BridgeOptions,
  folder: DataFolder,
  closing: Closing,
): Promise<ReachedTemporal> {
  const { server, namespace, uiUrl } = config.temporal;
  if (server.kind === 'external') {
    const options = server.connectionOptions.reveal();
    return { target: { namespace, options }, uiUrl, lost: new Promise(() => undefined) };
  }
  const cli = await findTemporalCli({ cliPath: server.cliPath, env, say });
  let lose: (reason: string) => void = () => undefined;
  const lost = new Promise<never>((_, reject) => {
    lose = (reason) => {
      reject(new Error(`the embedded Temporal server ended: ${reason}; start Jisr again, nothing is lost`));
    };
  });
  // Whoever awaits it hears of it; until then it must not end the process.
  lost.catch(() => undefined);
  const devServer = await startDevServer({
    cliPath: cli.path,
    storage: { dbFile: folder.temporalDbFile, recordFile: folder.temporalRecordFile },
    searchAttributes: SEARCH_ATTRIBUTE_TYPES,
    namespace,
    preferredUiPort: PREFERRED_UI_PORT,
    say,
    onExit: lose,
  });
  closing.add(() => devServer.stop());
  return {
    target: { namespace, options: { address: devServer.address } },
    uiUrl: uiUrl ?? devServer.uiUrl,
    lost,
  };
}

function openConfiguredStore({ store }: Config, folder: DataFolder, log: Logger): Promise<Store> {
  return store.kind === 'embedded'
    ? openStore({ engine: 'pglite', folder: folder.storeDir }, log)
    : openStore({ engine: 'postgres', url: store.url.reveal() }, log);
}
