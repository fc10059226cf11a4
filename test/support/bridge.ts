// A bridge for one test file: its own namespace on the shared Temporal server, a store of either engine, the
// worker over a simulated Odoo. The real parts, put together as `npm start` does.
import { randomUUID } from 'node:crypto';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { loadConfig, Secret, type Config, type Environment } from '../../src/config';
import { createBridgeControl, type BridgeControl } from '../../src/control/bridge-control';
import { createLogger, type Logger } from '../../src/logger';
import { watchWorkflows } from '../../src/roles/watch-workflows';
import { startWorkerRole, type WorkerPorts, type WorkerRole } from '../../src/roles/worker-role';
import type { Store } from '../../src/store/database';
import { installRuntime, openSession, type TemporalSession } from '../../src/temporal/session';

export const log: Logger = createLogger({ level: (process.env['JISR_TEST_LOG'] ?? 'silent') as 'silent' });

/** Encrypts the secrets of subscriptions. */
export const SECRET_KEY = new Secret('a secret key for tests');

let runtimeInstalled = false;

/** Made ahead for the next test: the server's caches learn of a namespace and what it has within seconds. */
let nextNamespace: Promise<string> | null = null;

/** A session in a namespace of its own. */
export async function openTestSession(
  address = process.env['JISR_TEST_TEMPORAL']!,
): Promise<TemporalSession> {
  if (!runtimeInstalled) installRuntime(log);
  runtimeInstalled = true;
  const isShared = address === process.env['JISR_TEST_TEMPORAL'];
  const namespace = await ((isShared ? nextNamespace : null) ?? makeNamespace(address));
  if (isShared) {
    nextNamespace = makeNamespace(address);
    // Whoever takes it hears of a failure.
    nextNamespace.catch(() => undefined);
  }
  return eventually(() => openSession({ namespace, options: { address } }, log), 30_000);
}

async function makeNamespace(address: string): Promise<string> {
  const namespace = `test-${randomUUID()}`;
  const connection = await Connection.connect({ address });
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs('30 days'),
  });
  await connection.close();
  const session = await eventually(() => openSession({ namespace, options: { address } }, log), 30_000);
  await session.close();
  return namespace;
}

export function testConfig(over: Environment = {}): Config {
  return loadConfig({ LOG_LEVEL: 'silent', JISR_WEBHOOK_ALLOW_CIDR: '127.0.0.0/8', ...over }, '/nonexistent');
}

/** What points a configuration at a simulated Odoo, with short intervals. */
export function pullFrom(simulator: { readonly url: string }): Environment {
  return {
    ODOO_URL: simulator.url,
    ODOO_API_KEY: 'lab-key',
    ODOO_PULL_INTERVAL_MS: '200',
    ODOO_SWEEP_INTERVAL_MS: '60000',
  };
}

export interface TestBridge {
  readonly control: BridgeControl;
  readonly worker: WorkerRole;
  /** Stops the worker; the store and the session stay. */
  stop(): Promise<void>;
}

export async function startTestBridge(parts: {
  readonly config: Config;
  readonly store: Store;
  readonly session: TemporalSession;
  readonly ports?: WorkerPorts;
}): Promise<TestBridge> {
  const worker = await startWorkerRole({
    ...parts,
    secretKey: SECRET_KEY,
    log,
    bundlePath: process.env['JISR_TEST_BUNDLE']!,
  });
  const unwatch = await watchWorkflows(parts.session, parts.config, log, parts.store.db);
  return {
    control: createBridgeControl(parts.session.client),
    worker,
    stop: async () => {
      unwatch();
      await worker.stop();
    },
  };
}

/** Tries until it succeeds; then answers what it answered. */
export async function eventually<T>(attempt: () => Promise<T> | T, timeoutMs = 20_000): Promise<T> {
  for (const deadline = Date.now() + timeoutMs; ;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
