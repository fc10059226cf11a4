// Tells on the terminal what this start uses.
// Never shows a secret, nor a part of one.

import { assertNever } from '../domain/assert-never';
import type { ProcessingPolicy } from '../domain/processing';
import type { Secret } from './secret';
import type {
  Config,
  DeliveriesConfig,
  MetricsConfig,
  PushConfig,
  SourceConfig,
  StoreConfig,
  SubscriptionConfig,
  TemporalServerConfig,
  TracingConfig,
} from './shape';

/** One `name: value` line per setting, secrets only as `set` or `not set`. */
export function describeConfig(config: Config): readonly string[] {
  return [
    `configuration file: ${config.configFile ?? 'none'}`,
    `data folder: ${config.dataDir}`,
    `http: ${config.http.host}:${config.http.port}`,
    `public address: ${config.http.publicUrl ?? 'not set'}`,
    `admin key: ${isSet(config.adminKey)}`,
    `store: ${describeStore(config.store)}`,
    `temporal: ${describeTemporal(config.temporal.server)}, namespace ${config.temporal.namespace}`,
    ...(config.temporal.uiUrl === null ? [] : [`temporal ui: ${config.temporal.uiUrl}`]),
    ...config.sources.map(describeSource),
    `limits: ${config.limits.maxPendingEvents} events pending, ${config.limits.maxInFlightEvents} in flight, ${config.limits.pushStartsPerSecond} starts/s for pushes, bodies of ${config.limits.maxBodyBytes} bytes`,
    describeDeliveries(config.deliveries),
    `payloads: ${config.retention.payloadDays === 0 ? 'kept for ever' : `dropped after ${config.retention.payloadDays} days`}`,
    ...(config.priorityRules.length === 0 ? [] : [`priority rules: ${config.priorityRules.length}`]),
    describeProcessing(config.processing),
    `app types: ${[...config.appTypes.keys()].join(', ')}`,
    ...config.subscriptions.map(describeSubscription),
    describeMetrics(config.metrics),
    ...(config.tracing === null ? [] : [describeTracing(config.tracing)]),
    `log level: ${config.log.level}`,
  ];
}

function describeMetrics({ key, host, port }: MetricsConfig): string {
  const apart = port === null ? 'not offered by a worker apart' : `of a worker apart at ${host}:${port}`;
  return `metrics: key ${isSet(key)}, ${apart}`;
}

function describeTracing({ url, headers, serviceName, sampler }: TracingConfig): string {
  return `traces: to ${new URL(url).origin} as ${serviceName}, ${sampler}, headers ${isSet(headers)}`;
}

function describeSource({ name, pull, push, sharedEventIds }: SourceConfig): string {
  const ids = sharedEventIds ? ', one sequence of ids' : '';
  const pushes = describePush(push);
  if (pull === null) return `source ${name}: push only (no URL to pull from), ${pushes}${ids}`;
  const pace = `every ${pull.intervalMs} ms, ${pull.limitRows} rows a page, sweep every ${pull.sweepIntervalMs} ms`;
  const told = pull.syncUserId === null ? '' : `, told how far it is as user ${pull.syncUserId}`;
  return `source ${name}: ${pull.url}, key ${isSet(pull.apiKey)}, ${pace}, ${pushes}${ids}${told}`;
}

function describePush(push: PushConfig | null): string {
  if (push === null) return 'pushes refused (no credentials for them)';
  const ways = [
    ...(push.apiKey === null ? [] : [`Bearer or ${push.apiKeyHeader}`]),
    ...(push.basic === null ? [] : ['Basic']),
  ];
  return `pushes by ${ways.join(' or ')}`;
}

function describeDeliveries(deliveries: DeliveriesConfig): string {
  const { allowCidrs, waitsMs, circuitFailures, deadLetterDays, secretKey } = deliveries;
  const allowed =
    allowCidrs.length === 0 ? 'no private addresses' : `private addresses ${allowCidrs.join(', ')}`;
  const waits = waitsMs.map((ms) => ms / 1_000).join(', ');
  return `deliveries: attempts after ${waits} s, circuits open at ${circuitFailures === 0 ? 'no number of' : circuitFailures} failures, ${allowed}, dead letters wait ${deadLetterDays} days, secret key ${isSet(secretKey)}`;
}

function describeProcessing({ rules, otherwise }: ProcessingPolicy): string {
  return `processing: ${otherwise}${rules.length === 0 ? '' : `, ${rules.length} rules`}`;
}

function describeSubscription({ name, url, secret, ...ways }: SubscriptionConfig): string {
  const { ordered, coalesce, ratePerSecond } = ways;
  const how = [
    // A path, or what comes behind it, may hold a token.
    `to ${new URL(url).origin}`,
    ...(ordered ? ['ordered'] : []),
    ...(coalesce ? ['coalesced'] : []),
    ...(ratePerSecond === null ? [] : [`at most ${ratePerSecond}/s`]),
    `secret ${secret === null ? 'made by Jisr' : 'set'}`,
  ];
  return `subscription ${name}: ${how.join(', ')}`;
}

function describeStore(store: StoreConfig): string {
  switch (store.kind) {
    case 'embedded':
      return 'PGlite in the data folder';
    case 'postgres':
      return `PostgreSQL ${withoutPassword(store.url.reveal())}`;
    default:
      return assertNever(store);
  }
}

function describeTemporal(server: TemporalServerConfig): string {
  switch (server.kind) {
    case 'embedded':
      return 'embedded dev server';
    case 'external':
      return `${server.address}, tls ${server.tls}, api key ${server.apiKey}`;
    default:
      return assertNever(server);
  }
}

export function withoutPassword(url: string): string {
  const { protocol, username, password, host, pathname } = new URL(url);
  const user = username === '' ? '' : `${username}${password === '' ? '' : ':***'}@`;
  // The query may hold a password as well (?password=…), so it goes as a whole.
  return `${protocol}//${user}${host}${pathname}`;
}

function isSet(secret: Secret | null): string {
  return secret === null ? 'not set' : 'set';
}
