// The HTTP interface: listens, and ends without cutting an answer short.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createApp } from '../api/app';
import { createFeed } from '../api/live/feed';
import { serveWebSockets } from '../api/live/websocket';
import { createAddressGuard } from '../channels/webhook/address-guard';
import { createWebhookSender } from '../channels/webhook/sender';
import type { Config, Secret } from '../config';
import { createBridgeControl } from '../control/bridge-control';
import { createDispatchBell } from '../control/dispatch-bell';
import { createEventRuns } from '../control/event-runs';
import type { PushBurst } from '../control/push-burst';
import { createReplayRuns } from '../control/replay-runs';
import { createPushStarts } from '../control/push-starts';
import { createIntake } from '../intake/accept';
import type { Logger } from '../logger';
import type { Store } from '../store/database';
import { clearLeases } from '../store/events/claim';
import { createSecretBox } from '../store/secret-box';
import type { TemporalSession } from '../temporal/session';
import { readVersion } from '../version';
import { createLooks } from './looks';
import { visitableUrl } from './listening';
import { intakeSource } from './sources';
import { measuredDoor, measuredIntake, measuredRuns } from './measured-ports';
import type { Telemetry } from './telemetry';
import type { WorkerPorts } from './worker-role';

export interface ApiRole {
  /** Where it listens, e.g. `http://127.0.0.1:8080`. */
  readonly url: string;
  stop(): Promise<void>;
}

export interface ApiDependenciesOfRole {
  readonly config: Config;
  readonly store: Store;
  readonly session: TemporalSession;
  readonly adminKey: Secret;
  /** Encrypts the secrets of subscriptions. */
  readonly secretKey: Secret;
  /** Worker and API are one process and share the connection. */
  readonly startsEagerly: boolean;
  readonly burst: PushBurst;
  readonly ports?: Pick<WorkerPorts, 'intake'>;
  /** The Temporal Web UI, for links. */
  readonly uiUrl: string | null;
  readonly log: Logger;
  readonly telemetry: Telemetry;
}

/** Open requests get this long when the process ends. */
const LAST_ANSWERS_MS = 5_000;

export async function startApiRole(dependencies: ApiDependenciesOfRole): Promise<ApiRole> {
  const {
    config,
    store,
    session,
    adminKey,
    secretKey,
    uiUrl,
    startsEagerly,
    burst,
    log,
    telemetry,
    ports = {},
  } = dependencies;
  const { client } = session;
  const { metrics, sdkMetrics, tracing } = telemetry;
  const bell = createDispatchBell(client);
  const runs = createEventRuns(client);
  const door = createPushStarts({
    runs: measuredRuns(runs, 'door', metrics),
    bell,
    burst,
    release: (key) => clearLeases(store.db, [key]),
    startsPerSecond: config.limits.pushStartsPerSecond,
    eager: startsEagerly,
    log,
    nowMs: Date.now,
  });
  const starts = measuredDoor(door, metrics);
  const intake = measuredIntake(createIntake(store.db, store.inboxBell.ring), metrics);
  const feed = createFeed(store, log);
  const temporalUi = { baseUrl: uiUrl, namespace: session.namespace };
  const { allowCidrs } = config.deliveries;
  const userAgent = `jisr/${readVersion()}`;
  const sender = createWebhookSender({ allowCidrs, userAgent, nowMs: Date.now });
  const app = createApp({
    store,
    feed,
    control: createBridgeControl(client),
    intake: ports.intake?.(intake, new Map()) ?? intake,
    starts,
    burst,
    bell,
    runs,
    replayRuns: createReplayRuns(client),
    secretBox: createSecretBox(secretKey.reveal()),
    webhooks: { sender, refuses: createAddressGuard(allowCidrs) },
    looks: createLooks(config, session),
    limits: config.limits,
    sources: config.sources.map((source, place) => ({
      name: source.name,
      isFirst: place === 0,
      pull: source.pull,
      push: source.push,
      intake: intakeSource(source, place, config),
    })),
    adminKey,
    metricsKey: config.metrics.key,
    metrics,
    sdkMetrics,
    tracing,
    appTypes: config.appTypes,
    temporalUi,
    log,
    nowMs: Date.now,
    startedAtMs: Date.now(),
  });
  const server = createServer(app);
  serveWebSockets(server, { feed, adminKey, temporalUi, log });
  server.listen(config.http.port, config.http.host);
  await once(server, 'listening');
  return {
    url: visitableUrl(config.http.host, server.address()),
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      feed.close();
      const cut = setTimeout(() => {
        server.closeAllConnections();
      }, LAST_ANSWERS_MS);
      server.closeIdleConnections();
      await closed;
      clearTimeout(cut);
      await starts.stop();
      await bell.stop();
      await sender.close();
    },
  };
}
