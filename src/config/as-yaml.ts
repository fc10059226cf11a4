// The configuration in force, by the keys of jisr.yaml: what was left out stands there with what it is then.
// Never shows a secret: only that there is one.
import { withoutPassword } from './describe';
import type { Secret } from './secret';
import type { Config, SourceConfig, SubscriptionConfig, TemporalServerConfig } from './shape';

type Section = Readonly<Record<string, unknown>>;

/** Values that are null are not set, and have no default. */
export function configAsYaml(config: Config): Section {
  const { http, store, temporal, limits, deliveries, processing } = config;
  return {
    http: {
      host: http.host,
      port: http.port,
      public_url: http.publicUrl,
      admin_key: shown(config.adminKey),
    },
    store: {
      data_dir: config.dataDir,
      payload_days: config.retention.payloadDays,
      database_url: store.kind === 'postgres' ? withoutPassword(store.url.reveal()) : null,
    },
    temporal: { ...serverSection(temporal.server), namespace: temporal.namespace, ui_url: temporal.uiUrl },
    sources: config.sources.map(sourceSection),
    limits: {
      max_pending: limits.maxPendingEvents,
      max_in_flight: limits.maxInFlightEvents,
      push_start_rate: limits.pushStartsPerSecond,
      max_body_bytes: limits.maxBodyBytes,
      processing: processing.otherwise,
    },
    deliveries: {
      allow_cidr: deliveries.allowCidrs.length === 0 ? null : deliveries.allowCidrs,
      schedule: deliveries.waitsMs.map((ms) => ms / 1_000),
      circuit_failures: deliveries.circuitFailures,
      dead_letter_days: deliveries.deadLetterDays,
      secret_key: shown(deliveries.secretKey),
    },
    priorities: config.priorityRules,
    processing: processing.rules,
    app_types: Object.fromEntries(config.appTypes),
    subscriptions: config.subscriptions.map(subscriptionSection),
    log: { level: config.log.level },
  };
}

function serverSection(server: TemporalServerConfig): Section {
  if (server.kind === 'embedded') return { cli_path: server.cliPath };
  return { address: server.address, api_key: server.apiKey === 'set' ? SET : null };
}

function sourceSection({ name, pull, push, sharedEventIds }: SourceConfig): Section {
  return {
    name,
    ...(pull === null
      ? {}
      : {
          url: pull.url,
          api_key: SET,
          pull_interval_ms: pull.intervalMs,
          pull_limit: pull.limitRows,
          sweep_interval_ms: pull.sweepIntervalMs,
          sync_user_id: pull.syncUserId,
        }),
    ...(push === null
      ? {}
      : {
          push_api_key: shown(push.apiKey),
          push_api_key_header: push.apiKeyHeader,
          push_basic: shown(push.basic),
        }),
    shared_event_ids: sharedEventIds,
  };
}

function subscriptionSection({ name, url, filter, ...ways }: SubscriptionConfig): Section {
  const { ordered, coalesce, ratePerSecond, secret } = ways;
  return { name, url, ...filter, ordered, coalesce, rate_per_second: ratePerSecond, secret: shown(secret) };
}

const SET = '(set)';

function shown(secret: Secret | null): string | null {
  return secret === null ? null : SET;
}
