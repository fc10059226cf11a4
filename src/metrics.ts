// What this process measures of itself, by the names of docs/observability.md. What must outlive a restart is not
// counted here: those numbers are kept in the store. A label never holds what grows without bound: no id, no key.
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

export interface Metrics {
  /** Of requests that were answered; a route is a template, `/events/:key`. */
  readonly requests: Histogram<'method' | 'route' | 'status'>;
  readonly copies: Counter<'source' | 'channel' | 'result'>;
  readonly acceptance: Histogram<'channel' | 'outcome'>;
  readonly acceptanceLag: Histogram<'source' | 'channel'>;
  readonly starts: Counter<'by' | 'kind' | 'outcome'>;
  readonly leftAtTheDoor: Counter;
  readonly dispatchRounds: Counter<'outcome'>;
  readonly lookedAfter: Counter<'verdict'>;
  readonly pulls: Histogram<'source' | 'outcome'>;
  readonly pullFailures: Counter<'source' | 'code'>;
  readonly acknowledgements: Histogram<'source' | 'outcome'>;
  readonly attempts: Histogram<'subscription' | 'outcome'>;
  /** Something that is looked at when somebody asks. */
  gauge<L extends string>(name: string, help: string, labels: readonly L[], look: Look<L>): void;
  /** In Prometheus' text format. */
  text(): Promise<string>;
}

type Look<L extends string> = (gauge: Gauge<L>) => void;

export const METRICS_CONTENT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

/** A push is answered in milliseconds; a page of Odoo's takes seconds, a subscriber 15 s at most. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** From a push that comes at once to an outage of a day. */
const LAG_SECONDS = [0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 1_800, 7_200, 86_400];
/** Coarser than prom-client's 10 ms: looking a hundred times a second would be the most that an idle bridge does. */
const EVENT_LOOP_LOOK_MS = 100;

/** @param about `role`: all, api or worker */
export function createMetrics(about: { readonly version: string; readonly role: string }): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: EVENT_LOOP_LOOK_MS });
  const histogram = <L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[],
    buckets = SECONDS,
  ) => new Histogram({ name, help, labelNames, buckets, registers });
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter({ name, help, labelNames, registers });

  new Gauge({
    name: 'jisr_build_info',
    help: '1, with the version and the role of this process.',
    labelNames: ['version', 'role'],
    registers,
  }).set({ ...about }, 1);

  return {
    requests: histogram('jisr_http_request_duration_seconds', 'Requests that were answered.', [
      'method',
      'route',
      'status',
    ]),
    copies: counter(
      'jisr_intake_copies_total',
      'Copies of events that this process took in, by what they were: new, duplicate or quarantined.',
      ['source', 'channel', 'result'],
    ),
    acceptance: histogram(
      'jisr_intake_duration_seconds',
      'How long taking in what came together took, the commit included.',
      ['channel', 'outcome'],
    ),
    acceptanceLag: histogram(
      'jisr_intake_lag_seconds',
      "From a change in Odoo, by Odoo's clock, until its new event was committed.",
      ['source', 'channel'],
      LAG_SECONDS,
    ),
    starts: counter(
      'jisr_run_starts_total',
      'Starts of workflows of events, at the door or by the dispatcher.',
      ['by', 'kind', 'outcome'],
    ),
    leftAtTheDoor: counter(
      'jisr_door_left_total',
      'Pushed events that the door left to the dispatcher: above the rate, too many starts under way, Temporal away.',
      [],
    ),
    dispatchRounds: counter('jisr_dispatch_rounds_total', 'Looks of the dispatcher at what waits.', [
      'outcome',
    ]),
    lookedAfter: counter(
      'jisr_dispatch_looked_after_total',
      'Events past their lease that the dispatcher looked after, by what became of them.',
      ['verdict'],
    ),
    pulls: histogram('jisr_pull_duration_seconds', 'Pages asked of Odoo and committed.', [
      'source',
      'outcome',
    ]),
    pullFailures: counter(
      'jisr_pull_failures_total',
      'Pages that could not be pulled, by the code of the failure.',
      ['source', 'code'],
    ),
    acknowledgements: histogram('jisr_acknowledge_duration_seconds', 'Pages marked as processed in Odoo.', [
      'source',
      'outcome',
    ]),
    attempts: histogram(
      'jisr_delivery_attempt_duration_seconds',
      'Attempts of deliveries, with the name of the subscription.',
      ['subscription', 'outcome'],
    ),
    gauge: (name, help, labelNames, look) => {
      const gauge = new Gauge({
        name,
        help,
        labelNames,
        registers,
        collect: () => {
          look(gauge);
        },
      });
    },
    text: () => registry.metrics(),
  };
}
