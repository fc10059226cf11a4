// The HTTP interface on a real socket, over a real store and a fake of the port to the workflows.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createApp } from '../../src/api/app';
import { createFeed, type FeedLimits } from '../../src/api/live/feed';
import { serveWebSockets } from '../../src/api/live/websocket';
import type { ApiDependencies, ApiSource } from '../../src/api/dependencies';
import type { Looks } from '../../src/api/doctor/looks';
import { createAddressGuard } from '../../src/channels/webhook/address-guard';
import { createWebhookSender } from '../../src/channels/webhook/sender';
import { Secret } from '../../src/config';
import type { EventRuns } from '../../src/contracts/event-runs';
import { createPushBurst } from '../../src/control/push-burst';
import type { ReplayRuns } from '../../src/contracts/replay-runs';
import { USUAL_APP_TYPES } from '../../src/domain/app-types';
import { createIntake } from '../../src/intake/accept';
import { createLogger } from '../../src/logger';
import { createMetrics } from '../../src/metrics';
import { createSecretBox } from '../../src/store/secret-box';
import { aSource } from '../support/builders';
import { fakeControl, type FakeControl } from './fake-control';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed; null when it was empty. */
  readonly body: unknown;
}

export interface RunningApi {
  readonly url: string;
  readonly control: FakeControl;
  /** All that was logged. */
  readonly lines: string[];
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  get(path: string): Promise<Answer>;
  post(path: string, body?: unknown): Promise<Answer>;
  /** Open ones. */
  connections(): number;
  /** What waits in this process for open connections to take it. */
  waitingBytes(): number;
  /** What open connections were given. */
  sentBytes(): number;
  close(): Promise<void>;
}

interface CallOptions {
  /** Text goes as it is, all else as JSON. */
  readonly body?: unknown;
  /** Beside the key; `{ authorization: '' }` sends none. */
  readonly headers?: Readonly<Record<string, string>>;
}

export const ADMIN_KEY = 'the-admin-key';
export const METRICS_KEY = 'the-metrics-key';

export const MAIN: ApiSource = {
  name: 'main',
  isFirst: true,
  pull: { intervalMs: 30_000, limitRows: 500, sweepIntervalMs: 300_000 },
  push: null,
  intake: aSource(),
};
export const PUSH_ONLY: ApiSource = {
  name: 'shop',
  isFirst: false,
  pull: null,
  push: null,
  intake: aSource({ name: 'shop', keyPrefix: 'shop/' }),
};

export async function startApi(
  parts: Pick<ApiDependencies, 'store'> & Partial<ApiDependencies>,
  feedLimits: Partial<FeedLimits> = {},
): Promise<RunningApi> {
  const control = fakeControl();
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const log = createLogger({ level: 'debug', destination: { write } });
  const allowCidrs = ['127.0.0.0/8'];
  const sender = createWebhookSender({ allowCidrs, userAgent: 'jisr/test', nowMs: Date.now });
  const dependencies: ApiDependencies = {
    control,
    feed: createFeed(parts.store, log, feedLimits),
    sources: [MAIN, PUSH_ONLY],
    intake: createIntake(parts.store.db, parts.store.inboxBell.ring),
    starts: { leaseMs: () => null, start: () => undefined, stop: () => Promise.resolve() },
    burst: createPushBurst(Date.now),
    bell: { ring: () => undefined, setAwake: () => undefined },
    runs: NO_RUNS,
    replayRuns: NO_REPLAY_RUNS,
    webhooks: { sender, refuses: createAddressGuard(allowCidrs) },
    secretBox: createSecretBox('a secret key for tests'),
    looks: NO_LOOKS,
    limits: { maxPendingEvents: 1_000, maxBodyBytes: 1_048_576 },
    adminKey: new Secret(ADMIN_KEY),
    metricsKey: new Secret(METRICS_KEY),
    metrics: createMetrics({ version: '0', role: 'api' }),
    sdkMetrics: () => Promise.resolve('temporal_long_request_total 0\n'),
    tracing: null,
    appTypes: USUAL_APP_TYPES,
    temporalUi: { baseUrl: 'http://ui.test', namespace: 'default' },
    log,
    nowMs: Date.now,
    startedAtMs: Date.now(),
    ...parts,
  };
  const server = createServer(createApp(dependencies));
  serveWebSockets(server, dependencies);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const sum = (of: (socket: Socket) => number) => [...sockets].reduce((all, socket) => all + of(socket), 0);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function call(method: string, path: string, { body, headers }: CallOptions = {}): Promise<Answer> {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${ADMIN_KEY}`, ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      body: text === '' ? null : JSON.parse(text),
    };
  }

  return {
    url,
    control,
    lines,
    call,
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, { body }),
    connections: () => sockets.size,
    waitingBytes: () => sum((socket) => socket.writableLength),
    sentBytes: () => sum((socket) => socket.bytesWritten - socket.writableLength),
    close: async () => {
      dependencies.feed.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await sender.close();
    },
  };
}

/** Neither Odoo nor Temporal is there to be looked at. */
const NO_LOOKS: Looks = {
  odoo: () => null,
  temporal: () => Promise.resolve({ kind: 'away', reason: 'there is none' }),
  freeBytes: () => Promise.resolve(null),
  version: '0.0.0',
};

/** Nobody goes on with a bulk act. */
const NO_REPLAY_RUNS: ReplayRuns = {
  start: () => Promise.resolve(),
  wake: () => Promise.resolve(),
  fateOf: () => Promise.resolve('gone'),
};

/** Temporal knows no run of any event. */
const NO_RUNS: EventRuns = {
  start: () => Promise.resolve('started'),
  startBatch: () => Promise.resolve(),
  signal: () => Promise.resolve(false),
  fateOf: () => Promise.resolve('unknown'),
  closedSince: () => Promise.resolve(new Set()),
};
