// Reads jisr.yaml and refuses what it does not know, so that a misspelt key is not a silent default.
// Never quotes the file in a problem: any line may hold a secret.

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { systemErrorCode } from '../system-error';
import type { ConfigProblem } from './problem';
import type { YamlSection } from './setting-reader';

const SECTION_KEYS = {
  http: ['host', 'port', 'public_url', ...secretKeys('admin_key')],
  store: ['data_dir', 'payload_days', ...secretKeys('database_url')],
  temporal: ['address', 'namespace', 'ui_url', 'cli_path', ...secretKeys('api_key')],
  limits: ['max_pending', 'max_in_flight', 'push_start_rate', 'max_body_bytes', 'processing'],
  deliveries: ['allow_cidr', 'schedule', 'circuit_failures', 'dead_letter_days', ...secretKeys('secret_key')],
  log: ['level'],
} as const;

const SOURCE_KEYS = [
  'name',
  'url',
  'pull_interval_ms',
  'pull_limit',
  'sweep_interval_ms',
  'sync_user_id',
  'shared_event_ids',
  'push_api_key_header',
  ...secretKeys('api_key'),
  ...secretKeys('push_api_key'),
  ...secretKeys('push_basic'),
];

/** Lists of rules. */
const LIST_KEYS = {
  sources: SOURCE_KEYS,
  priorities: ['source', 'model', 'operations', 'fields', 'priority'],
  processing: ['source', 'model', 'priorities', 'mode'],
  subscriptions: [
    'name',
    'url',
    'sources',
    'models',
    'operations',
    'priorities',
    'fields',
    'ordered',
    'coalesce',
    'rate_per_second',
    ...secretKeys('secret'),
  ],
} as const;

const shape = z.strictObject({
  http: mapping(SECTION_KEYS.http),
  store: mapping(SECTION_KEYS.store),
  temporal: mapping(SECTION_KEYS.temporal),
  limits: mapping(SECTION_KEYS.limits),
  deliveries: mapping(SECTION_KEYS.deliveries),
  log: mapping(SECTION_KEYS.log),
  sources: z.array(mapping(LIST_KEYS.sources)).nullish(),
  priorities: z.array(mapping(LIST_KEYS.priorities)).nullish(),
  processing: z.array(mapping(LIST_KEYS.processing)).nullish(),
  app_types: z.record(z.string(), z.unknown()).nullish(),
  subscriptions: z.array(mapping(LIST_KEYS.subscriptions)).nullish(),
});

export interface YamlFile {
  readonly section: (name: keyof typeof SECTION_KEYS) => YamlSection;
  readonly sources: readonly YamlSection[];
  readonly priorities: readonly YamlSection[];
  readonly processing: readonly YamlSection[];
  /** Its keys are the user's own. */
  readonly appTypes: YamlSection;
  readonly subscriptions: readonly YamlSection[];
  readonly problems: readonly ConfigProblem[];
}

export const NO_YAML_FILE: YamlFile = yamlFile('jisr.yaml', {}, []);

/** Null when there is no such file. */
export function readYamlFile(path: string): YamlFile | null {
  const name = basename(path);
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT') return null;
    return yamlFile(name, {}, [
      { where: name, found: `${path} (${code ?? 'unreadable'})`, expected: 'a file that can be read' },
    ]);
  }
  return parseYaml(name, content);
}

function parseYaml(name: string, content: string): YamlFile {
  const lines = new LineCounter();
  // Pretty errors quote the line.
  const document = parseDocument(content, { prettyErrors: false, lineCounter: lines });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    const where = `${name}, line ${line}, column ${col}`;
    return yamlFile(name, {}, [{ where, found: `a fault (${error.code})`, expected: 'valid YAML' }]);
  }
  let value: unknown;
  try {
    value = document.toJS();
  } catch {
    const found = 'a value beginning with * or too many aliases';
    return yamlFile(name, {}, [{ where: name, found, expected: 'such values in quotes' }]);
  }
  const result = shape.safeParse(value ?? {});
  return result.success
    ? yamlFile(name, result.data, [])
    : yamlFile(
        name,
        {},
        result.error.issues.flatMap((issue) => problemsOf(name, issue)),
      );
}

function yamlFile(
  name: string,
  value: Partial<z.infer<typeof shape>>,
  problems: readonly ConfigProblem[],
): YamlFile {
  const list = (key: keyof typeof LIST_KEYS) =>
    (value[key] ?? []).map((values, index) => ({
      where: `${name}: ${key}[${index}]`,
      values: values ?? {},
    }));
  return {
    section: (key) => ({ where: `${name}: ${key}`, values: value[key] ?? {} }),
    sources: list('sources'),
    priorities: list('priorities'),
    processing: list('processing'),
    appTypes: { where: `${name}: app_types`, values: value.app_types ?? {} },
    subscriptions: list('subscriptions'),
    problems,
  };
}

function problemsOf(name: string, issue: z.core.$ZodIssue): readonly ConfigProblem[] {
  const path = issue.path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('');
  if (issue.code !== 'unrecognized_keys') {
    const expected = isList(path) ? 'a list of mappings' : 'a mapping (key: value lines)';
    const where = path === '' ? name : `${name}: ${path.slice(1)}`;
    return [{ where, found: 'something else', expected }];
  }
  const known = path === '' ? Object.keys(shape.shape) : keysAt(String(issue.path[0]));
  return issue.keys.map((key) => ({
    where: `${name}: ${`${path}.${key}`.slice(1)}`,
    found: 'an unknown key',
    expected: `one of ${known.join(', ')}`,
  }));
}

function isList(path: string): boolean {
  return Object.keys(LIST_KEYS).some((key) => path === `.${key}`);
}

function keysAt(section: string): readonly string[] {
  return Object.entries({ ...SECTION_KEYS, ...LIST_KEYS }).find(([name]) => name === section)?.[1] ?? [];
}

function mapping(keys: readonly string[]) {
  return z.strictObject(Object.fromEntries(keys.map((key) => [key, z.unknown().optional()]))).nullish();
}

function secretKeys(key: string): readonly string[] {
  return [key, `${key}_file`, `${key}_env`];
}
