// A bridge under test: real processes from dist, a store and a Temporal server of its own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { z } from 'zod';
import { SEARCH_ATTRIBUTE_TYPES } from '../../src/contracts/search-attributes';
import { required } from '../../src/domain/required';
import { Closing } from '../../src/roles/closing';
import type { DevServer } from '../../src/temporal/dev-server';
import { startTestServer } from '../../test/temporal-server';
import type { StoreLocation } from '../children/plain-store';
import { startJisrProcess, type JisrProcess } from './jisr-process';
import type { Setup } from './setups';
import { until } from './until';

const ADMIN_KEY = 'bench-admin-key';
const PUSH_KEY = 'bench-push-key';

export const RECEIVE_PATH = '/api/v1/webhooks/receive';

const stats = z.object({ events: z.record(z.string(), z.number()) });

export interface BridgeOptions {
  readonly setup: Setup;
  /** An empty database; null for PGlite. */
  readonly databaseUrl: string | null;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with the empty store before the bridge starts. */
  readonly fill?: (location: StoreLocation) => Promise<void>;
  /** Of the bridge's processes, e.g. to profile them. */
  readonly nodeArguments: readonly string[];
}

export interface Bridge {
  readonly setup: Setup;
  readonly url: string;
  readonly pids: readonly number[];
  readonly temporal: DevServer;
  /** For pushes, and for everything else. */
  readonly pushTarget: { readonly url: string; readonly headers: Readonly<Record<string, string>> };
  readonly target: { readonly url: string; readonly headers: Readonly<Record<string, string>> };
  call(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<unknown>;
  /** Events per state. */
  states(): Promise<Readonly<Record<string, number>>>;
  pauseProcessing(): Promise<void>;
  resumeProcessing(): Promise<void>;
  /** @param models that it wants; all when left out */
  subscribe(name: string, url: string, models?: readonly string[]): Promise<void>;
  /** Waits until this many events are processed. */
  processed(count: number): Promise<void>;
  /** Waits until no event waits or is under way. */
  idle(): Promise<void>;
  readonly close: () => Promise<void>;
}

export async function openBridge(options: BridgeOptions): Promise<Bridge> {
  const { setup, databaseUrl, nodeArguments, fill } = options;
  const closing = new Closing();
  try {
    const folder = mkdtempSync(join(tmpdir(), 'jisr-bench-'));
    closing.add(() => {
      rmSync(folder, { recursive: true, force: true });
    });
    const dataDir = join(folder, 'data');
    // The code, the arguments and the durability of the embedded server; from here, so that it outlives no bench.
    const temporal = await startTestServer({
      storage: { dbFile: join(folder, 'temporal.db'), recordFile: join(folder, 'temporal.json') },
      searchAttributes: SEARCH_ATTRIBUTE_TYPES,
    });
    closing.add(() => temporal.stop());
    await fill?.(
      databaseUrl === null
        ? { engine: 'pglite', folder: join(dataDir, 'store') }
        : { engine: 'postgres', url: databaseUrl },
    );
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      TEMPORAL_ADDRESS: temporal.address,
      JISR_DATA_DIR: dataDir,
      JISR_ADMIN_KEY: ADMIN_KEY,
      JISR_SECRET_KEY: 'bench-secret-key',
      ODOO_PUSH_API_KEY: PUSH_KEY,
      JISR_WEBHOOK_ALLOW_CIDR: '127.0.0.0/8',
      // A bench makes a backlog on purpose.
      JISR_MAX_PENDING: '10000000',
      PORT: '0',
      LOG_LEVEL: 'error',
      ...(databaseUrl === null ? {} : { DATABASE_URL: databaseUrl }),
      ...options.env,
    };
    const scripts = setup.layout === 'together' ? ['start.js'] : ['worker.js', 'api/server.js'];
    const processes: JisrProcess[] = [];
    for (const script of scripts) {
      const started = await startJisrProcess({ script, folder, env, nodeArguments });
      closing.add(() => started.stop());
      processes.push(started);
    }
    const url = required(processes.find((one) => one.url !== null)?.url, 'the address of the API');
    const pids = processes.map(({ pid }) => pid);
    return { ...bridgeAt(url), setup, pids, temporal, close: () => closing.close() };
  } catch (error) {
    await closing.close();
    throw error;
  }
}

function bridgeAt(url: string): Omit<Bridge, 'setup' | 'pids' | 'temporal' | 'close'> {
  const headers = { 'x-api-key': ADMIN_KEY };

  async function call(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<unknown> {
    const answer = await request(`${url}/api/v1/${path}`, {
      method,
      headers: { ...headers, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`);
    return text === '' ? null : JSON.parse(text);
  }

  const states = async () => stats.parse(await call('GET', 'stats')).events;

  return {
    url,
    call,
    states,
    target: { url, headers },
    pushTarget: { url, headers: { 'x-api-key': PUSH_KEY } },
    pauseProcessing: async () => {
      await call('POST', 'processing/pause', { reason: 'bench' });
    },
    resumeProcessing: async () => {
      await call('POST', 'processing/resume');
    },
    subscribe: async (name, subscriberUrl, models) => {
      const filter = models === undefined ? {} : { models };
      await call('POST', 'subscriptions', { name, url: subscriberUrl, filter });
    },
    idle: () =>
      until(
        async () => {
          const events = await states();
          return ['pending', 'processing', 'delivering'].every((state) => (events[state] ?? 0) === 0);
        },
        { what: 'all events processed', everyMs: 50 },
      ),
    processed: (count) =>
      until(async () => ((await states())['processed'] ?? 0) >= count, {
        what: `${count} events processed`,
        everyMs: 50,
      }),
  };
}
