// The work: both workers with their activities. Puts parts together; decides nothing.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker, type WorkerOptions } from '@temporalio/worker';
import { createAttempts } from '../activities/attempts';
import { nudge } from '../api/nudge';
import { createBatchActivities } from '../activities/batches';
import { createDeliveryActivities } from '../activities/deliveries';
import { createDispatchActivities } from '../activities/dispatch';
import { failureInterceptor } from '../activities/failures';
import { createOdooActivities, type PulledSource } from '../activities/odoo';
import { createReplayActivities } from '../activities/replays';
import { createRetentionActivities } from '../activities/retention';
import { createStorageActivities } from '../activities/storage';
import { createWebhookSender, type WebhookSender } from '../channels/webhook/sender';
import type { Config, Secret, SourceConfig } from '../config';
import type {
  BatchActivities,
  BatchRun,
  DeliveryActivities,
  DeliveryRef,
  FirstTryActivities,
  OdooActivities,
  StorageActivities,
} from '../contracts/activities';
import { BATCH_TASK_QUEUE, DELIVERY_TASK_QUEUE, ODOO_TASK_QUEUE, TASK_QUEUE } from '../contracts/names';
import { createDispatchBell } from '../control/dispatch-bell';
import { createEventRuns } from '../control/event-runs';
import { reportPullFailure } from '../control/report-failure';
import type { SyncSettings } from '../domain/sync';
import { createIntake, type Intake } from '../intake/accept';
import { createOdooClient } from '../odoo/client';
import type { Logger } from '../logger';
import type { Store } from '../store/database';
import { createSecretBox } from '../store/secret-box';
import type { TemporalSession } from '../temporal/session';
import { readVersion } from '../version';
import { intakeSource } from './sources';

const DAY_MS = 86_400_000;

export interface WorkerRole {
  /** Rejects when a worker fails for good; resolves after `stop`. */
  readonly ended: Promise<void>;
  /** Takes no more work, gives what runs some seconds, then gives it back to the server. */
  stop(): Promise<void>;
}

export interface WorkerDependencies {
  readonly config: Config;
  readonly store: Store;
  readonly session: TemporalSession;
  /** The path of the prebuilt workflow bundle; see `prebuiltBundle`. */
  readonly bundlePath: string;
  /** Decrypts the secrets of subscriptions. */
  readonly secretKey: Secret;
  readonly log: Logger;
  readonly ports?: WorkerPorts;
}

/** What a test may put something else in for. */
export interface WorkerPorts {
  readonly intake?: (intake: Intake, sources: ReadonlyMap<string, PulledSource>) => Intake;
  readonly storage?: (activities: StorageActivities) => StorageActivities;
  readonly odoo?: (activities: OdooActivities) => OdooActivities;
  readonly deliveries?: (activities: Deliverers) => Deliverers;
  readonly sender?: (sender: WebhookSender) => WebhookSender;
}

type Deliverers = DeliveryActivities & FirstTryActivities & BatchActivities;

/** What a worker needs to run workflows; made by the build. */
export function prebuiltBundle(): string {
  const path = join(__dirname, '..', 'workflow-bundle.js');
  if (!existsSync(path)) throw new Error(`${path} is missing: run \`npm run build\``);
  return path;
}

export async function startWorkerRole(dependencies: WorkerDependencies): Promise<WorkerRole> {
  const { config, store, session, bundlePath, secretKey, log, ports = {} } = dependencies;
  const { client, connection, namespace } = session;
  const bell = createDispatchBell(client);
  const sources = pulledSources(config);
  const settings = new Map(config.sources.map((source) => [source.name, settingsOf(source)]));
  const intake = createIntake(store.db, store.inboxBell.ring);
  const {
    intake: putIntake = same,
    storage: putStorage = same,
    odoo: putOdoo = same,
    deliveries: putDeliveries = same,
    sender: putSender = same,
  } = ports;
  const acknowledgesPushes = (source: string) => sources.get(source)?.intake.sharedEventIds === true;
  const storage = putStorage(
    createStorageActivities({
      db: store.db,
      configured: (source) => settings.get(source) ?? NOT_CONFIGURED,
      reportsSync: (source) => (sources.get(source)?.syncUserId ?? null) !== null,
      acknowledgesPushes,
      deadLetterMs: config.deliveries.deadLetterDays * DAY_MS,
    }),
  );
  const odoo = putOdoo(
    createOdooActivities({
      db: store.db,
      intake: putIntake(intake, sources),
      sources,
      maxPending: config.limits.maxPendingEvents,
      bell,
      reportFailure: reportPullFailure(client),
      nowMs: Date.now,
      version: readVersion(),
    }),
  );

  const runs = createEventRuns(client);
  const sender = putSender(
    createWebhookSender({
      allowCidrs: config.deliveries.allowCidrs,
      userAgent: `jisr/${readVersion()}`,
      nowMs: Date.now,
    }),
  );
  const attempts = createAttempts({
    db: store.db,
    sender,
    secretBox: createSecretBox(secretKey.reveal()),
    waitsMs: config.deliveries.waitsMs,
    circuitFailures: config.deliveries.circuitFailures,
    nudge: (id) => {
      nudge({ db: store.db, runs, log }, { id });
    },
    nowMs: Date.now,
    random: Math.random,
  });
  const deliveries = putDeliveries({
    ...createDeliveryActivities({ db: store.db, attempts, random: Math.random }),
    ...createBatchActivities({ db: store.db, attempts, acknowledgesPushes, bell }),
  });

  const common: Pick<
    WorkerOptions,
    'connection' | 'namespace' | 'interceptors' | 'shutdownGraceTime' | 'shutdownForceTime'
  > = {
    connection,
    namespace,
    interceptors: { activity: [() => ({ inbound: failureInterceptor })] },
    shutdownGraceTime: '5s',
    shutdownForceTime: '10s',
  };
  const workers = await Promise.all([
    Worker.create({
      ...common,
      taskQueue: TASK_QUEUE,
      workflowBundle: { codePath: bundlePath },
      activities: {
        ...storage,
        deliverQuickly: (ref: DeliveryRef) => deliveries.deliverQuickly(ref),
        ...createDispatchActivities({
          db: store.db,
          runs,
          bell,
          maxInFlight: config.limits.maxInFlightEvents,
          policy: config.processing,
          pause,
          nowMs: Date.now,
        }),
        ...createReplayActivities({
          db: store.db,
          runs,
          bell,
          maxInFlight: config.limits.maxInFlightEvents,
          pause,
          nowMs: Date.now,
        }),
        ...createRetentionActivities({ db: store.db, pause, nowMs: Date.now }),
      },
      maxCachedWorkflows: 2_000,
      maxConcurrentWorkflowTaskExecutions: 400,
      maxConcurrentLocalActivityExecutions: 200,
      maxConcurrentActivityTaskExecutions: 100,
      // A killed worker's sticky queue holds its workflows up for no longer than this.
      stickyQueueScheduleToStartTimeout: '3s',
    }),
    Worker.create({
      ...common,
      taskQueue: ODOO_TASK_QUEUE,
      activities: odoo,
      maxConcurrentActivityTaskExecutions: 20,
    }),
    Worker.create({
      ...common,
      taskQueue: DELIVERY_TASK_QUEUE,
      activities: { deliver: (ref: DeliveryRef) => deliveries.deliver(ref) },
      maxConcurrentActivityTaskExecutions: 100,
    }),
    Worker.create({
      ...common,
      taskQueue: BATCH_TASK_QUEUE,
      activities: { processBatch: (batch: BatchRun) => deliveries.processBatch(batch) },
      maxConcurrentActivityTaskExecutions: 3,
    }),
  ]);
  const ended = Promise.all(workers.map((worker) => worker.run())).then(() => undefined);
  // Whoever awaits `ended` hears of a failure; until then it must not end the process.
  ended.catch(() => undefined);
  return {
    ended,
    stop: async () => {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended.catch(() => undefined);
      await bell.stop();
      await sender.close();
      await Promise.all([...sources.values()].map(({ client: odoo }) => odoo.close()));
    },
  };
}

/** Resolves after so many ms, or when the signal is aborted. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

function same<T>(part: T): T {
  return part;
}

/** Of a source that was taken out of the configuration while its workflow goes on. */
const NOT_CONFIGURED: SyncSettings = { intervalMs: 60_000, limitRows: 500, sweepIntervalMs: 3_600_000 };

function settingsOf({ pull }: SourceConfig): SyncSettings {
  if (pull === null) return NOT_CONFIGURED;
  return { intervalMs: pull.intervalMs, limitRows: pull.limitRows, sweepIntervalMs: pull.sweepIntervalMs };
}

function pulledSources(config: Config): ReadonlyMap<string, PulledSource> {
  return new Map(
    config.sources.flatMap((source, place) => {
      if (source.pull === null) return [];
      const client = createOdooClient({ baseUrl: source.pull.url, apiKey: source.pull.apiKey.reveal() });
      const { syncUserId } = source.pull;
      return [[source.name, { client, syncUserId, intake: intakeSource(source, place, config) }] as const];
    }),
  );
}
