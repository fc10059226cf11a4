// Turns the environment and jisr.yaml into one typed Config, or says everything that is wrong with them.
// The only file that reads process.env; never guesses a value that was given wrongly.

import { dirname, resolve } from 'node:path';
import { readAppTypes } from './config/app-types';
import { readDeliveries } from './config/deliveries';
import { readMetrics } from './config/metrics';
import { readPriorityRules } from './config/priorities';
import { readProcessing } from './config/processing';
import { ConfigError } from './config/problem';
import type { Secret } from './config/secret';
import { type Environment, SettingReader, type YamlSection } from './config/setting-reader';
import type { ClientConfig, Config, StoreConfig } from './config/shape';
import { readSources } from './config/sources';
import { readSubscriptions } from './config/subscriptions';
import { readTemporal } from './config/temporal-server';
import { readTracing } from './config/tracing';
import { httpUrl, logLevel, postgresUrl, text, wholeNumber } from './config/values';
import { NO_YAML_FILE, readYamlFile } from './config/yaml-file';

export { configAsYaml } from './config/as-yaml';
export { describeConfig } from './config/describe';
export { readLocalKey, type LocalKey } from './config/local-key';
export { ConfigError, type ConfigProblem } from './config/problem';
export { Secret } from './config/secret';
export type { Environment } from './config/setting-reader';
export type {
  ClientConfig,
  Config,
  DeliveriesConfig,
  HttpConfig,
  LimitsConfig,
  LogLevel,
  MetricsConfig,
  PullConfig,
  PushConfig,
  SourceConfig,
  StoreConfig,
  SubscriptionConfig,
  TemporalConfig,
  TemporalConnectionOptions,
  TemporalServerConfig,
  TracingConfig,
} from './config/shape';

/** @throws ConfigError with all problems; the caller prints its message and exits with 2. */
export function loadConfig(env: Environment = process.env, workingFolder: string = process.cwd()): Config {
  const configured = env['JISR_CONFIG'] ?? '';
  const yamlPath = resolve(workingFolder, configured === '' ? 'jisr.yaml' : configured);
  const yaml = readYamlFile(yamlPath);
  const file = yaml ?? NO_YAML_FILE;
  const reader = new SettingReader(env, workingFolder, dirname(yamlPath));

  for (const problem of file.problems) reader.refuse(problem);
  if (yaml === null && configured !== '') {
    reader.refuse({
      where: 'JISR_CONFIG',
      found: `no file ${yamlPath}`,
      expected: 'the path of a YAML file',
    });
  }

  const http = file.section('http');
  const store = file.section('store');
  const limits = file.section('limits');
  const dataDir = reader.path({ variable: 'JISR_DATA_DIR', section: store, key: 'data_dir' }, text);
  const sources = readSources(reader, file.sources);
  const deliveries = readDeliveries(reader, file.section('deliveries'));
  const config: Config = {
    configFile: yaml === null ? null : yamlPath,
    dataDir: dataDir ?? resolve(workingFolder, 'data'),
    adminKey: reader.secret({ variable: 'JISR_ADMIN_KEY', section: http, key: 'admin_key' }),
    log: {
      level:
        reader.value({ variable: 'LOG_LEVEL', section: file.section('log'), key: 'level' }, logLevel) ??
        'info',
    },
    http: {
      host: reader.value({ variable: 'HOST', section: http, key: 'host' }, text) ?? '127.0.0.1',
      port: reader.value({ variable: 'PORT', section: http, key: 'port' }, wholeNumber(0, 65_535)) ?? 8080,
      publicUrl: reader.value({ variable: 'JISR_PUBLIC_URL', section: http, key: 'public_url' }, httpUrl),
    },
    store: readStore(reader, store),
    temporal: readTemporal(reader, file.section('temporal')),
    sources,
    limits: {
      maxPendingEvents:
        reader.value(
          { variable: 'JISR_MAX_PENDING', section: limits, key: 'max_pending' },
          wholeNumber(1, 1e9),
        ) ?? 100_000,
      maxInFlightEvents:
        reader.value(
          { variable: 'JISR_MAX_IN_FLIGHT', section: limits, key: 'max_in_flight' },
          wholeNumber(1, 10_000),
        ) ?? 100,
      pushStartsPerSecond:
        reader.value(
          { variable: 'JISR_PUSH_START_RATE', section: limits, key: 'push_start_rate' },
          wholeNumber(0, 1e6),
        ) ?? 400,
      maxBodyBytes:
        reader.value(
          { variable: 'JISR_MAX_BODY_BYTES', section: limits, key: 'max_body_bytes' },
          wholeNumber(1_024, 1e9),
        ) ?? 16 * 1_048_576,
    },
    deliveries,
    retention: {
      payloadDays:
        reader.value(
          { variable: 'JISR_PAYLOAD_DAYS', section: store, key: 'payload_days' },
          wholeNumber(0, 3_650),
        ) ?? 90,
    },
    priorityRules: readPriorityRules(reader, file.priorities),
    processing: readProcessing(reader, limits, file.processing),
    appTypes: readAppTypes(reader, file.appTypes),
    subscriptions: readSubscriptions(reader, file.subscriptions, {
      sources: sources.map(({ name }) => name),
      allowCidrs: deliveries.allowCidrs,
    }),
    metrics: readMetrics(reader, file.section('metrics')),
    tracing: readTracing(reader),
  };
  return orRefuse(config, reader);
}

/** What the command line needs; it runs without the server's settings. */
export function loadClientConfig(
  env: Environment = process.env,
  workingFolder: string = process.cwd(),
): ClientConfig {
  const reader = new SettingReader(env, workingFolder, workingFolder);
  const none: YamlSection = { where: 'client', values: {} };
  const url = reader.value({ variable: 'JISR_URL', section: none, key: 'url' }, httpUrl);
  const apiKey: Secret | null = reader.secret({ variable: 'JISR_API_KEY', section: none, key: 'api_key' });
  return orRefuse({ url: url ?? 'http://127.0.0.1:8080', apiKey }, reader);
}

/** The variables that child programs (temporal, go) get and are found by. They hold secrets: never log them. */
export function childEnvironment(): Environment {
  return process.env;
}

function readStore(reader: SettingReader, section: YamlSection): StoreConfig {
  const url = reader.secret({ variable: 'DATABASE_URL', section, key: 'database_url' }, postgresUrl);
  return url === null ? { kind: 'embedded' } : { kind: 'postgres', url };
}

function orRefuse<T>(settings: T, reader: SettingReader): T {
  if (reader.problems.length > 0) throw new ConfigError(reader.problems);
  return settings;
}
