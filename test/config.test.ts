// What the environment and jisr.yaml are taken to mean, and how faults in them are told.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import {
  type Config,
  ConfigError,
  describeConfig,
  loadClientConfig,
  loadConfig,
  Secret,
} from '../src/config';
import { USUAL_APP_TYPES } from '../src/domain/app-types';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jisr-config-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function load(env: Record<string, string> = {}, yaml?: string): Config {
  if (yaml !== undefined) file('jisr.yaml', yaml);
  return loadConfig(env, folder);
}

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** The problems of a configuration as `where: found`. */
function problems(env: Record<string, string>, yaml?: string): readonly string[] {
  try {
    load(env, yaml);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ where, found }) => `${where}: ${found}`);
    throw error;
  }
  return [];
}

const odoo = { ODOO_URL: 'https://odoo.example.com', ODOO_API_KEY: 'odoo-key' };

describe('without any setting', () => {
  test('everything is embedded, on port 8080 of this machine only', () => {
    expect(load()).toEqual({
      configFile: null,
      dataDir: join(folder, 'data'),
      adminKey: null,
      log: { level: 'info' },
      http: { host: '127.0.0.1', port: 8080, publicUrl: null },
      store: { kind: 'embedded' },
      temporal: { server: { kind: 'embedded', cliPath: null }, namespace: 'default', uiUrl: null },
      sources: [{ name: 'main', pull: null, push: null, sharedEventIds: false }],
      limits: {
        maxPendingEvents: 100_000,
        maxInFlightEvents: 100,
        pushStartsPerSecond: 400,
        maxBodyBytes: 16_777_216,
      },
      deliveries: {
        allowCidrs: [],
        waitsMs: [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 36_000].map((seconds) => seconds * 1_000),
        circuitFailures: 10,
        deadLetterDays: 30,
        secretKey: null,
      },
      retention: { payloadDays: 90 },
      priorityRules: [],
      appTypes: USUAL_APP_TYPES,
      processing: { rules: [], otherwise: 'auto' },
      subscriptions: [],
    });
  });

  test('an empty variable is one that is not set', () => {
    const env = {
      PORT: '',
      ODOO_URL: '',
      ODOO_API_KEY: '',
      JISR_CONFIG: '',
      TEMPORAL_ADDRESS: '',
      DATABASE_URL: '',
    };
    expect(load(env)).toEqual(load());
  });
});

describe('numbers', () => {
  test.each([
    ['PORT', '65536'],
    ['PORT', '80a'],
    ['PORT', '-1'],
    ['PORT', '8080.5'],
    ['ODOO_PULL_LIMIT', '0'],
    ['ODOO_PULL_LIMIT', '1001'],
    ['JISR_MAX_PENDING', '1e9'],
  ])('%s=%s is refused', (name, value) => {
    expect(problems({ [name]: value })).toEqual([`${name}: "${value}"`]);
  });

  test('the environment wins over jisr.yaml', () => {
    const yaml = 'http: { port: 9000, host: 0.0.0.0 }\nlimits: { max_in_flight: 7 }';
    const config = load({ PORT: '9001' }, yaml);
    expect(config.http).toEqual({ host: '0.0.0.0', port: 9001, publicUrl: null });
    expect(config.limits.maxInFlightEvents).toBe(7);
  });
});

describe('secrets', () => {
  test('a secret is read from the file that NAME_FILE names, trimmed', () => {
    const path = file('key', '  from-a-file\n');
    expect(load({ JISR_ADMIN_KEY_FILE: path }).adminKey?.reveal()).toBe('from-a-file');
  });

  test('a secret given twice is refused', () => {
    const path = file('key', 'x');
    const env = { JISR_ADMIN_KEY: 'y', JISR_ADMIN_KEY_FILE: path };
    expect(problems(env)).toEqual(['JISR_ADMIN_KEY and JISR_ADMIN_KEY_FILE: both set']);
  });

  test('a secret file that cannot be read is named with its path', () => {
    expect(problems({ ...odoo, ODOO_API_KEY: '', ODOO_API_KEY_FILE: '/none/here' })).toEqual([
      'ODOO_API_KEY_FILE: /none/here (ENOENT)',
    ]);
  });

  test('a secret file that is empty is refused', () => {
    const path = file('key', '\n');
    expect(problems({ DATABASE_URL_FILE: path })).toEqual([`DATABASE_URL_FILE: an empty file: ${path}`]);
  });

  test('jisr.yaml takes a key from a variable, or from a file beside it', () => {
    file('branch.key', 'branch-key');
    const yaml = `sources:
      - { name: hq, url: https://hq.example.com, api_key_env: HQ_KEY }
      - { name: branch, url: https://branch.example.com, api_key_file: branch.key }`;
    const keys = load({ HQ_KEY: 'hq-key' }, yaml).sources.map(({ pull }) => pull?.apiKey.reveal());
    expect(keys).toEqual(['hq-key', 'branch-key']);
  });

  test('a key that jisr.yaml takes from a variable that is not set is refused', () => {
    const yaml = 'sources: [{ name: hq, url: https://hq.example.com, api_key_env: HQ_KEY }]';
    expect(problems({}, yaml)).toEqual(['jisr.yaml: sources[0].api_key_env: HQ_KEY, which is not set']);
  });

  test('a printed configuration shows no secret', () => {
    const config = load({
      ...odoo,
      JISR_ADMIN_KEY: 'admin-secret',
      DATABASE_URL: 'postgresql://jisr:db-secret@db/jisr?password=db-secret',
      TEMPORAL_ADDRESS: 'temporal:7233',
      TEMPORAL_API_KEY: 'temporal-secret',
    });
    const printed = [JSON.stringify(config), inspect(config, { depth: 9 }), ...describeConfig(config)].join(
      '\n',
    );
    expect(printed).not.toMatch(/-secret|odoo-key/);
    expect(describeConfig(config)).toContain('store: PostgreSQL postgresql://jisr:***@db/jisr');
  });

  test('a secret does not come out by a template', () => {
    expect(String(new Secret('hush'))).toBe('(secret)');
  });

  test.each([
    ['DATABASE_URL', 'mysql://root:hush@db/x'],
    ['ODOO_URL', 'https://admin:hush@odoo.example.com'],
  ])('a problem with %s does not show its password', (name, value) => {
    const [problem] = problems({ ...odoo, [name]: value });
    expect(problem).toMatch(new RegExp(`^${name}: `));
    expect(problem).not.toContain('hush');
  });
});

describe('sources', () => {
  test('ODOO_URL and ODOO_API_KEY make the source main, pulled every 30 s', () => {
    const [main] = load(odoo).sources;
    expect(main).toMatchObject({
      name: 'main',
      pull: {
        url: 'https://odoo.example.com',
        intervalMs: 30_000,
        limitRows: 500,
        sweepIntervalMs: 300_000,
        syncUserId: null,
      },
    });
  });

  test('the slash at the end of ODOO_URL is dropped, its path is kept', () => {
    const [main] = load({ ...odoo, ODOO_URL: 'https://example.com/odoo/' }).sources;
    expect(main.pull?.url).toBe('https://example.com/odoo');
  });

  test('ODOO_URL without a key is refused', () => {
    expect(problems({ ODOO_URL: odoo.ODOO_URL })).toEqual(['ODOO_API_KEY: nothing']);
  });

  test('a source of jisr.yaml without a key is refused', () => {
    const yaml = 'sources: [{ name: hq, url: https://hq.example.com }]';
    expect(problems({}, yaml)).toEqual(['jisr.yaml: sources[0].api_key: nothing']);
  });

  test('main is the first source, and the environment overrides it field by field', () => {
    const yaml = `sources:
      - { name: hq, url: https://hq.example.com, api_key: hq-key }
      - { name: main, url: https://old.example.com, api_key: main-key, pull_limit: 50 }`;
    const { sources } = load({ ODOO_URL: odoo.ODOO_URL }, yaml);
    expect(sources.map(({ name }) => name)).toEqual(['main', 'hq']);
    expect(sources[0].pull).toMatchObject({ url: 'https://odoo.example.com', limitRows: 50 });
    expect(sources[0].pull?.apiKey.reveal()).toBe('main-key');
  });

  test('the environment does not touch the other sources', () => {
    const yaml = 'sources: [{ name: hq, url: https://hq.example.com, api_key: hq-key }]';
    const { sources } = load({ ...odoo, ODOO_PULL_LIMIT: '9', ODOO_SHARED_EVENT_IDS: 'true' }, yaml);
    expect(sources.map(({ pull, sharedEventIds }) => [pull?.limitRows, sharedEventIds])).toEqual([
      [9, true],
      [500, false],
    ]);
  });

  test('sources of jisr.yaml alone make no source main', () => {
    const yaml = 'sources: [{ name: hq }]';
    expect(load({}, yaml).sources).toEqual([{ name: 'hq', pull: null, push: null, sharedEventIds: false }]);
  });

  test.each([
    'HQ',
    '1st',
    'a_b',
    'odoo-pull',
    'odoo-pull-2',
    'batch',
    'batches',
    'replay',
    'x-ray',
    'id-1',
    'audit-1',
  ])('a source may not be named %s', (name) => {
    expect(problems({}, `sources: [{ name: "${name}" }]`)).toEqual([`jisr.yaml: sources[0].name: "${name}"`]);
  });

  test('a source must have a name', () => {
    expect(problems({}, 'sources: [{ pull_limit: 5 }]')).toEqual(['jisr.yaml: sources[0].name: nothing']);
  });

  test('two sources of one name are refused', () => {
    expect(problems({}, 'sources: [{ name: hq }, { name: hq }]')).toEqual([
      'jisr.yaml: sources[1].name: "hq" again',
    ]);
  });
});

describe('Temporal', () => {
  test('TEMPORAL_ADDRESS makes the server an external one', () => {
    const { server } = load({ TEMPORAL_ADDRESS: 'temporal:7233' }).temporal;
    expect(server).toMatchObject({
      kind: 'external',
      address: 'temporal:7233',
      tls: 'off',
      apiKey: 'not set',
    });
  });

  test('an API key turns TLS on', () => {
    const { server } = load({ TEMPORAL_ADDRESS: 'eu.temporal.io:7233', TEMPORAL_API_KEY: 'key' }).temporal;
    expect(server).toMatchObject({ tls: 'server', apiKey: 'set' });
    if (server.kind === 'external')
      expect(server.connectionOptions.reveal()).toMatchObject({ apiKey: 'key' });
  });

  test('certificate and key make the connection mutual', () => {
    const env = {
      TEMPORAL_ADDRESS: 'temporal:7233',
      TEMPORAL_TLS_CLIENT_CERT_PATH: file('crt', 'certificate'),
      TEMPORAL_TLS_CLIENT_KEY_DATA: 'key',
    };
    expect(load(env).temporal.server).toMatchObject({ tls: 'mutual' });
  });

  test.each([
    ['a TLS switch that is neither true nor false', { TEMPORAL_TLS: 'yes' }, 'TEMPORAL_TLS: "yes"'],
    [
      'a certificate without its key',
      { TEMPORAL_TLS_CLIENT_CERT_DATA: 'certificate' },
      'TEMPORAL_TLS_CLIENT_CERT_*, TEMPORAL_TLS_CLIENT_KEY_*: only the certificate',
    ],
    [
      'a certificate file that is missing',
      { TEMPORAL_TLS_SERVER_CA_CERT_PATH: '/none' },
      "TEMPORAL_TLS_*: ENOENT: no such file or directory, open '/none'",
    ],
    ['an address with a scheme', { TEMPORAL_ADDRESS: 'http://t:7233' }, 'TEMPORAL_ADDRESS: "http://t:7233"'],
  ])('%s is refused', (_, env, problem) => {
    expect(problems({ TEMPORAL_ADDRESS: 'temporal:7233', ...env })).toEqual([problem]);
  });

  test('an API key without an address is refused', () => {
    expect(problems({ TEMPORAL_API_KEY: 'key' })).toEqual([
      'TEMPORAL_ADDRESS: nothing, but TEMPORAL_API_KEY',
    ]);
  });
});

describe('jisr.yaml', () => {
  test('an unknown key is refused with its path', () => {
    const yaml = 'http: { prot: 1 }\nsources: [{ name: hq, api_kye: hush }]\nstoer: {}';
    expect(problems({}, yaml).toSorted()).toEqual([
      'jisr.yaml: http.prot: an unknown key',
      'jisr.yaml: sources[0].api_kye: an unknown key',
      'jisr.yaml: stoer: an unknown key',
    ]);
  });

  test('invalid YAML is refused with its line, which is not quoted', () => {
    const [problem] = problems({}, 'http:\n  admin_key: "hush\n');
    expect(problem).toMatch(/^jisr.yaml, line \d+, column \d+: a fault/);
    expect(problem).not.toContain('hush');
  });

  test('a value that YAML takes for an alias is refused without quoting it', () => {
    const [problem] = problems({}, 'http: { admin_key: *hush }');
    expect(problem).toMatch(/^jisr.yaml/);
    expect(problem).not.toContain('hush');
  });

  test.each([
    ['sources: 5', 'jisr.yaml: sources: something else'],
    ['http: 8080', 'jisr.yaml: http: something else'],
    ['- a', 'jisr.yaml: something else'],
  ])('%p in place of a mapping is refused', (yaml, problem) => {
    expect(problems({}, yaml)).toEqual([problem]);
  });

  test('an empty file, and empty sections, are no settings', () => {
    expect(load({}, 'http:\nsources:\n').http.port).toBe(8080);
  });

  test('a file that JISR_CONFIG names must exist', () => {
    expect(problems({ JISR_CONFIG: 'other.yaml' })).toEqual([
      `JISR_CONFIG: no file ${join(folder, 'other.yaml')}`,
    ]);
  });

  test('its paths count from its own folder', () => {
    expect(load({}, 'store: { data_dir: state }').dataDir).toBe(join(folder, 'state'));
  });
});

describe('pushes', () => {
  test('without credentials a source takes none; each kind of credentials opens it', () => {
    expect(load().sources[0].push).toBeNull();
    const { push } = load({ ODOO_PUSH_API_KEY: 'push-key', ODOO_PUSH_API_KEY_HEADER: 'X-Odoo-Key' })
      .sources[0];
    expect([push?.apiKey?.reveal(), push?.apiKeyHeader, push?.basic]).toEqual([
      'push-key',
      'x-odoo-key',
      null,
    ]);
    expect(load({ ODOO_PUSH_BASIC: 'odoo:pw' }).sources[0].push?.basic?.reveal()).toBe('odoo:pw');
  });

  test.each(['False', 'false', ' ', 'None'])(
    'the key "%s" is what Odoo sends for none, and is refused',
    (key) => {
      expect(problems({ ODOO_PUSH_API_KEY: key })).toEqual(['ODOO_PUSH_API_KEY: a value that is not shown']);
      expect(problems({ ODOO_PUSH_BASIC: key })).toEqual(['ODOO_PUSH_BASIC: a value that is not shown']);
    },
  );
});

describe('deliveries', () => {
  test('schedule and addresses are lists, in YAML or with commas', () => {
    const env = { JISR_DELIVERY_SCHEDULE: '0, 0.5,60', JISR_WEBHOOK_ALLOW_CIDR: '10.0.0.0/8,fd00::/8' };
    const yaml = 'deliveries: { schedule: [0, 0.5, 60], allow_cidr: [10.0.0.0/8, "fd00::/8"] }';
    for (const { deliveries } of [load(env), load({}, yaml)]) {
      expect(deliveries.waitsMs).toEqual([0, 500, 60_000]);
      expect(deliveries.allowCidrs).toEqual(['10.0.0.0/8', 'fd00::/8']);
    }
  });

  test.each([
    ['JISR_WEBHOOK_ALLOW_CIDR', '10.0.0.0'],
    ['JISR_WEBHOOK_ALLOW_CIDR', '10.0.0.0/33'],
    ['JISR_WEBHOOK_ALLOW_CIDR', 'example.com/8'],
    ['JISR_DELIVERY_SCHEDULE', '0,,5'],
    ['JISR_DELIVERY_SCHEDULE', '-1'],
    ['JISR_DELIVERY_SCHEDULE', '5m'],
    ['JISR_CIRCUIT_FAILURES', '-1'],
    ['JISR_DEAD_LETTER_DAYS', '0'],
    ['JISR_PAYLOAD_DAYS', '-1'],
  ])('%s=%s is refused', (name, value) => {
    expect(problems({ [name]: value })).toEqual([`${name}: "${value}"`]);
  });

  test('a short secret key is refused and not shown', () => {
    expect(problems({ JISR_SECRET_KEY: 'short' })).toEqual(['JISR_SECRET_KEY: a value that is not shown']);
  });
});

describe('priority rules', () => {
  test('are read in their order; one value stands for a list of one', () => {
    const yaml = `priorities:
      - { model: sale.*, operations: [create, write], fields: state, priority: high }
      - { source: main, operations: unlink, priority: low }`;
    expect(load({}, yaml).priorityRules).toEqual([
      { source: null, model: 'sale.*', operations: ['create', 'write'], fields: ['state'], priority: 'high' },
      { source: 'main', model: '*', operations: ['unlink'], fields: null, priority: 'low' },
    ]);
  });

  test.each([
    ['- { model: sale.order }', 'jisr.yaml: priorities[0].priority: nothing'],
    ['- { priority: urgent }', 'jisr.yaml: priorities[0].priority: "urgent"'],
    ['- { priority: high, operations: [update] }', 'jisr.yaml: priorities[0].operations: ["update"]'],
    ['- { priority: high, modell: x }', 'jisr.yaml: priorities[0].modell: an unknown key'],
    ['high', 'jisr.yaml: priorities: something else'],
  ])('%s is refused', (rules, problem) => {
    expect(problems({}, `priorities:\n  ${rules}`)).toEqual([problem]);
  });
});

describe('processing', () => {
  test('one word counts where no rule fits; the environment wins over the file', () => {
    const yaml = `limits: { processing: in_batches }
processing:
  - { source: main, model: sale.*, priorities: [high, medium], mode: individually }
  - { model: stock.quant, priorities: low, mode: auto }`;
    const rules = [
      { source: 'main', model: 'sale.*', priorities: ['high', 'medium'], mode: 'individually' },
      { source: null, model: 'stock.quant', priorities: ['low'], mode: 'auto' },
    ];
    expect(load({}, yaml).processing).toEqual({ otherwise: 'in_batches', rules });
    expect(load({ JISR_PROCESSING: 'individually' }, yaml).processing).toEqual({
      otherwise: 'individually',
      rules,
    });
  });

  test.each([
    ['- { model: sale.order }', 'jisr.yaml: processing[0].mode: nothing'],
    ['- { mode: batch }', 'jisr.yaml: processing[0].mode: "batch"'],
    ['- { mode: auto, priorities: urgent }', 'jisr.yaml: processing[0].priorities: "urgent"'],
    ['- { mode: auto, operations: [write] }', 'jisr.yaml: processing[0].operations: an unknown key'],
    ['auto', 'jisr.yaml: processing: something else'],
  ])('%s is refused', (rules, problem) => {
    expect(problems({}, `processing:\n  ${rules}`)).toEqual([problem]);
  });

  test('an unknown word is refused', () => {
    expect(problems({ JISR_PROCESSING: 'batch' })).toEqual(['JISR_PROCESSING: "batch"']);
  });
});

describe('app types', () => {
  test('the usual ones stand beside what is configured, which wins', () => {
    const yaml = `app_types:
      pos_app: [pos.*, product.product]
      sales_app: [sale.order]`;
    const { appTypes } = load({}, yaml);
    expect([...appTypes.keys()]).toEqual([
      'sales_app',
      'delivery_app',
      'warehouse_app',
      'manager_app',
      'mobile_app',
      'pos_app',
    ]);
    expect(appTypes.get('pos_app')).toEqual(['pos.*', 'product.product']);
    expect(appTypes.get('sales_app')).toEqual(['sale.order']);
    expect(appTypes.get('manager_app')).toEqual(['*']);
  });

  test.each([
    ['{ pos_app: { models: [pos.*] } }', 'jisr.yaml: app_types.pos_app: {"models":["pos.*"]}'],
    ['[pos_app]', 'jisr.yaml: app_types: something else'],
  ])('%s is refused', (types, problem) => {
    expect(problems({}, `app_types: ${types}`)).toEqual([problem]);
  });
});

describe('the user in whose name Odoo is told how far pulling is', () => {
  const odoo = { ODOO_URL: 'https://odoo.example.com', ODOO_API_KEY: 'k' };

  test('is nobody unless it is set', () => {
    expect(load(odoo).sources[0].pull?.syncUserId).toBeNull();
    expect(load({ ...odoo, ODOO_SYNC_USER_ID: '2' }).sources[0].pull?.syncUserId).toBe(2);
  });

  test('is not 0, which is none of Odoo', () => {
    expect(problems({ ...odoo, ODOO_SYNC_USER_ID: '0' })).toEqual(['ODOO_SYNC_USER_ID: "0"']);
  });
});

test('all problems are told at once, each with what is expected', () => {
  const env = { PORT: 'x', LOG_LEVEL: 'loud', ODOO_URL: 'odoo' };
  expect(() => load(env)).toThrow(/3 problems:[^]*PORT: found "x"; expected a whole number from 0 to 65535/);
});

test('the command line needs only the address and the key of a running Jisr', () => {
  const env = { JISR_URL: 'https://jisr.example.com/', JISR_API_KEY: 'key', PORT: 'x' };
  const client = loadClientConfig(env, folder);
  expect([client.url, client.apiKey?.reveal()]).toEqual(['https://jisr.example.com', 'key']);
});

describe('subscriptions', () => {
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

  test('are read with one value for a list of one; what is left out does not filter', () => {
    const yaml = `subscriptions:
  - { name: crm, url: https://crm.test/hook?token=hidden, models: [res.*, sale.order], fields: state, sources: main,
      operations: [create, write], priorities: high, ordered: true, coalesce: true, rate_per_second: 20,
      secret: ${secret} }
  - { name: erp, url: https://erp.test/ }`;
    const config = load({}, yaml);
    expect(config.subscriptions).toMatchObject([
      {
        name: 'crm',
        filter: {
          sources: ['main'],
          models: ['res.*', 'sale.order'],
          operations: ['create', 'write'],
          priorities: ['high'],
          fields: ['state'],
        },
        ordered: true,
        coalesce: true,
        ratePerSecond: 20,
      },
      { name: 'erp', filter: {}, ordered: false, coalesce: false, ratePerSecond: null, secret: null },
    ]);
    expect(config.subscriptions[0]!.secret!.reveal()).toBe(secret);
    const shown = describeConfig(config).join('\n');
    expect(shown).toContain(
      'subscription crm: to https://crm.test, ordered, coalesced, at most 20/s, secret set',
    );
    expect(shown).not.toMatch(/whsec_|hidden/);
  });

  const crm = 'name: crm, url: https://crm.test/';
  const at = (key: string) => `jisr.yaml: subscriptions[0].${key}`;
  test.each([
    ['- { url: https://crm.test/ }', `${at('name')}: nothing`],
    ['- { name: crm }', `${at('url')}: nothing`],
    ['- { name: a b, url: https://crm.test/ }', `${at('name')}: "a b"`],
    ['- { name: crm, url: https://me:pw@crm.test/ }', `${at('url')}: another address`],
    ['- { name: crm, url: http://192.168.0.1/ }', `${at('url')}: another address`],
    [`- { ${crm}, models: sale order }`, `${at('models')}: "sale order"`],
    [`- { ${crm}, models: [x, x] }`, `${at('models')}: ["x","x"]`],
    [`- { ${crm}, sources: hq }`, `${at('sources')}: "hq"`],
    [`- { ${crm}, operations: update }`, `${at('operations')}: "update"`],
    [`- { ${crm}, fields: partner-id }`, `${at('fields')}: "partner-id"`],
    [`- { ${crm}, rate_per_second: 0 }`, `${at('rate_per_second')}: 0`],
    [`- { ${crm}, secret: whsec_short }`, `${at('secret')}: a value that is not shown`],
    [`- { ${crm}, filter: {} }`, `${at('filter')}: an unknown key`],
    [`- { ${crm} }\n  - { ${crm} }`, 'jisr.yaml: subscriptions: the name "crm" twice'],
  ])('%s is refused', (list, problem) => {
    expect(problems({}, `subscriptions:\n  ${list}`)).toEqual([problem]);
  });
});
