// docker-compose.yml and all that belongs to it, compared with the real configuration. There is no Docker here:
// test/topology runs the same parts natively.
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { ConfigError } from '../../src/config';
import { missingApart } from '../../src/roles/apart';
import { startApi, type RunningApi } from '../api/running-api';
import { openTestStore, type TestStore } from '../support/stores';
import { compareImage } from './compare-image';
import { compareServices, PROBES } from './compare-services';
import { compareTemporal } from './compare-temporal';
import { compareVariables, configOf } from './compare-variables';
import { SERVICE_MUTATIONS, VARIABLE_MUTATIONS } from './compose-mutations';
import { dummyEnvironment, resolve, ROOT } from './compose-file';
import { readDeployment, type Deployment } from './deployment';
import { IMAGE_MUTATIONS, TEMPORAL_MUTATIONS } from './file-mutations';

const deployment = readDeployment();
const compare = (given: Deployment) => [
  ...compareVariables(given),
  ...compareServices(given),
  ...compareTemporal(given),
  ...compareImage(given),
];

test('variables, ports, commands, paths, probes and versions are those of the code', () => {
  expect(compare(deployment)).toEqual([]);
});

test.each([...VARIABLE_MUTATIONS, ...SERVICE_MUTATIONS, ...TEMPORAL_MUTATIONS, ...IMAGE_MUTATIONS])(
  'the comparison sees %s',
  (_, mutate, finding) => {
    const mutated = mutate(deployment);
    expect(mutated).not.toEqual(deployment);
    expect(compare(mutated).join('\n')).toMatch(finding);
  },
);

test.each(['api', 'worker'] as const)(
  'what the %s is given is a sound configuration of a role apart',
  (role) => {
    const config = configOf(deployment, role);
    expect(config.store.kind).toBe('postgres');
    expect(config.temporal).toMatchObject({
      namespace: 'default',
      server: { kind: 'external', address: 'temporal:7233', tls: 'off' },
    });
    expect(config.sources).toMatchObject([{ name: 'main', pull: { url: 'http://odoo.test:8069' } }]);
    expect(config.sources[0].push).not.toBeNull();
    expect(missingApart(config, role)).toEqual([]);
    expect(config.configFile).toBe(join(ROOT, 'deploy/jisr/jisr.yaml'));
    if (role === 'worker') expect(config.adminKey).toBeNull();
  },
);

test.each(Object.keys(dummyEnvironment(deployment.compose)))('without %s nothing starts', (name) => {
  const { [name]: _left, ...rest } = dummyEnvironment(deployment.compose);
  expect(() => resolve(deployment.compose, rest)).toThrow(
    `required variable ${name} is missing a value: set it`,
  );
});

test('a secret that is too short is refused with its name', () => {
  const { compose } = deployment;
  const short = { ...dummyEnvironment(compose), JISR_SECRET_KEY: 'short' };
  const resolved = { ...deployment, compose: resolve(compose, short) };
  expect(() => configOf(resolved, 'api')).toThrow(ConfigError);
  expect(() => configOf(resolved, 'api')).toThrow(/JISR_SECRET_KEY/);
});

test('every variable in the code of the configuration was found by running it', () => {
  const files = ['config.ts', ...readdirSync(join(ROOT, 'src/config')).map((name) => `config/${name}`)];
  const code = files.map((name) => readFileSync(join(ROOT, 'src', name), 'utf8')).join('\n');
  const named = [...code.matchAll(/'((?:JISR|ODOO|TEMPORAL|DATABASE)_[A-Z_]+[A-Z])'/g)].map(
    ([, name]) => name,
  );
  expect(named.filter((name) => !deployment.code.known.all.has(name!))).toEqual([]);
  expect(named.length).toBeGreaterThan(30);
});

test('what runs imports no package that `npm prune --omit=dev` takes away', () => {
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  const imported = files
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => [
      ...readFileSync(join(ROOT, 'src', name), 'utf8').matchAll(
        /^(?:import|export) (?!type).*from '([^.'][^']*)'|^} from '([^.'][^']*)'/gm,
      ),
    ])
    .map(([, one, other]) => one ?? other ?? '')
    .filter((name) => !isBuiltin(name))
    .map((name) =>
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/'),
    );
  expect([...new Set(imported)].filter((name) => !deployment.code.dependencies.includes(name))).toEqual([]);
});

describe('the probes', () => {
  let store: TestStore;
  let api: RunningApi;
  beforeAll(async () => {
    store = await openTestStore('pglite');
    api = await startApi({ store });
  });
  afterAll(async () => {
    await api.close();
    await store.close();
  });

  test.each(PROBES)('%s answers without a key', async (path) => {
    const answer = await api.call('GET', path, { headers: { authorization: '' } });
    expect([200, 503]).toContain(answer.status);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  });

  test('another path does not', async () => {
    expect((await api.call('GET', '/livez', { headers: { authorization: '' } })).status).toBe(401);
  });
});
