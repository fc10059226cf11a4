// The numbers of the whole bridge for Prometheus, from the store and its counters, so they outlive restarts and are
// the same whichever process is asked. Never counts rows of the inbox, and answers also while the store is away.
import { Counter, Gauge, Registry } from 'prom-client';
import { EVENT_STATES } from '../domain/event-state';
import { readCounters, type CounterName } from '../store/counters';
import { oldestPendingMs } from '../store/events/read';
import { errorCodeOf, innermostMessage } from '../store/errors';
import { readProcessingSettings } from '../store/settings';
import { countByStatus, countReplays, readWatchedSubscriptions } from '../store/watched';
import type { ApiDependencies } from './dependencies';
import { readinessMetrics } from './readiness-metrics';
import { sourceMetrics } from './source-metrics';

/** A scrape is given up after 10 s: what hangs must be said before. */
const STORE_WITHIN_MS = 3_000;

/** In Prometheus' text format. A registry for each scrape: what is gone leaves no label behind. */
export async function bridgeMetrics(dependencies: ApiDependencies): Promise<string> {
  const { store, log } = dependencies;
  const registry = new Registry();
  const registers = [registry];
  new Gauge({ name: 'jisr_store_info', help: '1, with the engine.', labelNames: ['engine'], registers }).set(
    { engine: store.engine },
    1,
  );
  const up = new Gauge({ name: 'jisr_store_up', help: '1 while the database answers.', registers });
  await Promise.all([
    readinessMetrics(dependencies, registers),
    inTime(Promise.all([storeMetrics(dependencies, registers), sourceMetrics(dependencies, registers)])).then(
      () => {
        up.set(1);
      },
      (error: unknown) => {
        up.set(0);
        log.warn(
          { code: errorCodeOf(error), error: innermostMessage(error) },
          'metrics of the store are missing',
        );
      },
    ),
  ]);
  return registry.metrics();
}

/** Counters of the store, by source: how each is called for Prometheus. */
const COUNTED: readonly (readonly [metric: string, help: string, counter: CounterName])[] = [
  ['jisr_events_accepted_total', 'New events.', 'accepted'],
  ['jisr_duplicates_total', 'Copies of known events.', 'duplicates'],
  [
    'jisr_quarantined_copies_total',
    'Copies that could not be understood, repeated ones too.',
    'quarantined_copies',
  ],
  ['jisr_acknowledged_ids_total', 'Ids told to Odoo as processed.', 'acknowledged'],
  ['jisr_refused_ids_total', 'Ids that Odoo does not let be marked.', 'refused'],
  ['jisr_deliveries_sent_total', 'Deliveries that a subscriber took.', 'delivered'],
  ['jisr_delivery_attempts_total', 'Attempts of deliveries.', 'delivery_attempts'],
  ['jisr_deliveries_dead_total', 'Deliveries that were given up, or refused.', 'dead_deliveries'],
  ['jisr_test_pushes_total', 'Connection tests and test events.', 'test_pushes'],
  ['jisr_renamed_keys_total', 'Events whose id was taken by another event.', 'renamed_keys'],
  ['jisr_runs_restarted_total', 'Runs started again because their event was still open.', 'restarted'],
  ['jisr_runs_lost_total', 'Events given back because their run was gone.', 'lost_runs'],
];
const CHANNELS = { pulled: 'pull', pushed: 'push' } as const;

async function storeMetrics(
  { store, sources }: Pick<ApiDependencies, 'store' | 'sources'>,
  registers: Registry[],
): Promise<void> {
  const [kept, oldestMs, processing, subscriptions, replays] = await Promise.all([
    readCounters(store.db),
    oldestPendingMs(store.db),
    readProcessingSettings(store.db),
    readWatchedSubscriptions(store.db),
    countReplays(store.db),
  ]);
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Gauge({ name, help, labelNames, registers });
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter({ name, help, labelNames, registers });

  const valueOf = (source: string, name: string) =>
    kept.find((one) => one.source === source && one.name === name)?.value ?? 0;
  // Those that were taken out of the configuration have numbers, too.
  const names = [...new Set([...sources.map(({ name }) => name), ...kept.map(({ source }) => source)])];

  for (const [name, help, counted] of COUNTED) {
    const one = counter(name, help, ['source']);
    for (const source of names) one.inc({ source }, valueOf(source, counted));
  }
  const copies = counter('jisr_copies_total', 'Copies of events, by the channel they came by.', [
    'source',
    'channel',
  ]);
  for (const source of names) {
    for (const [counted, channel] of Object.entries(CHANNELS))
      copies.inc({ source, channel }, valueOf(source, counted));
  }
  const events = gauge('jisr_events', 'Events by state.', ['source', 'state']);
  for (const source of names)
    for (const state of EVENT_STATES) events.set({ source, state }, valueOf(source, `state:${state}`));
  const quarantine = gauge('jisr_quarantine_open', 'What is in quarantine and waits for a person.', [
    'source',
  ]);
  for (const source of names) quarantine.set({ source }, valueOf(source, 'quarantined'));
  gauge('jisr_oldest_pending_seconds', 'Age of the event that waits longest for its start; 0 for none.').set(
    Math.max(0, (oldestMs ?? 0) / 1_000),
  );
  gauge('jisr_processing_paused', '1 while a person has paused processing.').set(processing.paused ? 1 : 0);
  const byStatus = gauge('jisr_subscriptions', 'Subscriptions by status.', ['status']);
  for (const [status, count] of countByStatus(subscriptions)) byStatus.set({ status }, count);
  const open = gauge('jisr_circuit_open', '1 while nothing is sent to the subscription.', ['subscription']);
  const failures = gauge('jisr_circuit_failures', 'Failed attempts since the last success.', [
    'subscription',
  ]);
  for (const { name: subscription, isOpen, failures: count } of subscriptions) {
    open.set({ subscription }, isOpen ? 1 : 0);
    failures.set({ subscription }, count);
  }
  gauge('jisr_circuits_open', 'Subscriptions whose circuit is open.').set(
    subscriptions.filter(({ isOpen }) => isOpen).length,
  );
  const acts = gauge('jisr_replays', 'Bulk acts by state.', ['state']);
  for (const [state, count] of replays) acts.set({ state }, count);
}

function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${STORE_WITHIN_MS / 1_000} s`));
    }, STORE_WITHIN_MS);
  });
  return Promise.race([work, late]).finally(() => {
    clearTimeout(timer);
  });
}
