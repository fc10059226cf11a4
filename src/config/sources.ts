// The Odoo databases: `main` from the environment (and jisr.yaml), then the others of jisr.yaml.
// Never lets one through that would pull half-configured.

import { isReserved, RESERVED_ID_STARTS } from '../domain/event-key';
import { SYNC_BOUNDS } from '../domain/sync';
import type { ConfigProblem } from './problem';
import type { Setting, SettingReader, YamlSection } from './setting-reader';
import type { PullConfig, PushConfig, SourceConfig } from './shape';
import { flag, headerName, httpUrl, pushSecret, text, type ValueKind, wholeNumber } from './values';

const MAIN_SOURCE = 'main';

const MAIN_VARIABLES = {
  url: 'ODOO_URL',
  api_key: 'ODOO_API_KEY',
  shared_event_ids: 'ODOO_SHARED_EVENT_IDS',
  pull_interval_ms: 'ODOO_PULL_INTERVAL_MS',
  pull_limit: 'ODOO_PULL_LIMIT',
  sweep_interval_ms: 'ODOO_SWEEP_INTERVAL_MS',
  sync_user_id: 'ODOO_SYNC_USER_ID',
  push_api_key: 'ODOO_PUSH_API_KEY',
  push_api_key_header: 'ODOO_PUSH_API_KEY_HEADER',
  push_basic: 'ODOO_PUSH_BASIC',
} as const;
type SourceKey = keyof typeof MAIN_VARIABLES;

const DEFAULTS = {
  pullIntervalMs: 30_000,
  pullLimitRows: 500,
  sweepIntervalMs: 300_000,
  pushKeyHeader: 'X-API-Key',
} as const;

const pullLimit = wholeNumber(SYNC_BOUNDS.limitRows.least, SYNC_BOUNDS.limitRows.most);
const userId = wholeNumber(1, 2_147_483_647);
const intervalMs = wholeNumber(SYNC_BOUNDS.intervalMs.least, SYNC_BOUNDS.intervalMs.most);

export function readSources(
  reader: SettingReader,
  sections: readonly YamlSection[],
): readonly [SourceConfig, ...SourceConfig[]] {
  const main = sections.find(({ values }) => values['name'] === MAIN_SOURCE);
  const others = sections
    .filter((section) => section !== main)
    .flatMap((section) => readNamed(reader, section));
  refuseDoubleNames(reader, sections);

  const mainIsSet = Object.values(MAIN_VARIABLES).some(
    (name) => reader.variable(name) ?? reader.variable(`${name}_FILE`),
  );
  const [first, ...rest] = others;
  // Without any source there still are pushes: to a `main` that pulls nothing.
  if (first !== undefined && main === undefined && !mainIsSet) return [first, ...rest];
  return [
    readSource(reader, MAIN_SOURCE, main ?? { where: `sources.${MAIN_SOURCE}`, values: {} }),
    ...others,
  ];
}

function readNamed(reader: SettingReader, section: YamlSection): readonly SourceConfig[] {
  const setting = { variable: null, section, key: 'name' };
  const name = reader.value(setting, sourceName);
  if (name !== null) return [readSource(reader, name, section)];
  if (section.values['name'] === undefined) {
    reader.refuse({ where: `${section.where}.name`, found: 'nothing', expected: sourceName.expected });
  }
  return [];
}

const sourceName: ValueKind<string> = {
  // Further sources' names begin their events' keys, which are workflow ids beside Jisr's own.
  schema: text.schema.refine((name) => /^[a-z][a-z0-9-]{0,39}$/.test(name) && !isReserved(name)),
  expected:
    'a name of a-z, 0-9 and -, up to 40, beginning with a letter, and not like the workflow ids of Jisr itself ' +
    `(${RESERVED_ID_STARTS.join(', ')})`,
};

function readSource(reader: SettingReader, name: string, section: YamlSection): SourceConfig {
  const setting = (key: SourceKey) => ({
    variable: name === MAIN_SOURCE ? MAIN_VARIABLES[key] : null,
    section,
    key,
  });
  const knownProblems = reader.problems.length;
  const url = reader.value(setting('url'), httpUrl);
  const apiKey = reader.secret(setting('api_key'));
  if (url !== null && apiKey === null && reader.problems.length === knownProblems) {
    reader.refuse(missingKey(name, section));
  }
  const pace: Omit<PullConfig, 'url' | 'apiKey'> = {
    intervalMs: reader.value(setting('pull_interval_ms'), intervalMs) ?? DEFAULTS.pullIntervalMs,
    limitRows: reader.value(setting('pull_limit'), pullLimit) ?? DEFAULTS.pullLimitRows,
    sweepIntervalMs: reader.value(setting('sweep_interval_ms'), intervalMs) ?? DEFAULTS.sweepIntervalMs,
    syncUserId: reader.value(setting('sync_user_id'), userId),
  };
  return {
    name,
    pull: url === null || apiKey === null ? null : { url, apiKey, ...pace },
    push: readPush(reader, setting),
    sharedEventIds: reader.value(setting('shared_event_ids'), flag) ?? false,
  };
}

function readPush(reader: SettingReader, setting: (key: SourceKey) => Setting): PushConfig | null {
  const apiKey = reader.secret(setting('push_api_key'), pushSecret);
  const basic = reader.secret(setting('push_basic'), pushSecret);
  const header = reader.value(setting('push_api_key_header'), headerName) ?? DEFAULTS.pushKeyHeader;
  return apiKey === null && basic === null ? null : { apiKey, basic, apiKeyHeader: header.toLowerCase() };
}

function missingKey(name: string, section: YamlSection): ConfigProblem {
  return name === MAIN_SOURCE
    ? {
        where: 'ODOO_API_KEY',
        found: 'nothing',
        expected: "the key of Odoo's webhook API, since ODOO_URL is set",
      }
    : {
        where: `${section.where}.api_key`,
        found: 'nothing',
        expected: 'api_key, api_key_file or api_key_env',
      };
}

function refuseDoubleNames(reader: SettingReader, sections: readonly YamlSection[]): void {
  const seen = new Set<unknown>();
  for (const { where, values } of sections) {
    const name = values['name'];
    if (typeof name !== 'string') continue;
    if (seen.has(name))
      reader.refuse({ where: `${where}.name`, found: `"${name}" again`, expected: 'another name' });
    seen.add(name);
  }
}
