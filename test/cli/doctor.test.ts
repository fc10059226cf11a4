// `jisr doctor` at a real bridge: well, and with each thing broken that breaks in practice.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '../../src/config';
import { openDataFolder } from '../../src/data-folder';
import { createPushBurst } from '../../src/control/push-burst';
import { quietTelemetry } from '../../src/roles/telemetry';
import { startApiRole, type ApiRole } from '../../src/roles/api-role';
import { startSimulator } from '../../src/simulator/simulator';
import type { Simulator } from '../../src/simulator/simulator-types';
import { writeCircuits } from '../../src/store/circuits';
import type { TemporalSession } from '../../src/temporal/session';
import { eventually, log, openTestSession, pullFrom, SECRET_KEY, startTestBridge } from '../support/bridge';
import { testConfig, type TestBridge } from '../support/bridge';
import { createTestDatabase, describeOnBothEngines, type TestStore } from '../support/stores';
import { subscribe, type TestSubscription } from '../support/subscriptions';
import { layWire, type Wire } from '../support/wire';
import { jisr, type At } from './at-terminal';

interface Check {
  readonly area: string;
  readonly name: string;
  readonly level: string;
  readonly detail: string;
  readonly hint: string | null;
}

const KEY = 'doctor-key';
const like = (pattern: RegExp): unknown => expect.stringMatching(pattern);

async function doctor(at: At) {
  const { code, out } = await jisr('doctor -o json', { key: KEY, ...at });
  const { healthy, checks } = JSON.parse(out) as { healthy: boolean; checks: readonly Check[] };
  const bad = checks
    .filter(({ level }) => level !== 'ok')
    .map(({ area, name, level }) => `${level} ${area} ${name}`);
  const find = (area: string, name: string) => checks.find((one) => one.area === area && one.name === name);
  return { code, healthy, checks, bad, find };
}

describeOnBothEngines('the check-up', (open) => {
  let odoo: Simulator;
  let store: TestStore;
  let wire: Wire;
  let session: TemporalSession;
  let bridge: TestBridge;
  let api: ApiRole;
  let crm: TestSubscription;
  let storeIsOpen = true;

  const startRole = (over: Record<string, string> = {}) => {
    const config = testConfig({ ...pullFrom(odoo), PORT: '0', ODOO_PUSH_API_KEY: 'push', ...over });
    const common = { config, store, session, secretKey: SECRET_KEY, log, telemetry: quietTelemetry() };
    const burst = createPushBurst(Date.now);
    return startApiRole({ ...common, burst, adminKey: new Secret(KEY), startsEagerly: false, uiUrl: null });
  };

  beforeAll(async () => {
    odoo = await startSimulator();
    store = await open();
    wire = await layWire(process.env['JISR_TEST_TEMPORAL']!);
    session = await openTestSession(wire.address);
    crm = await subscribe(store, { url: 'http://127.0.0.1:9/hook' });
    bridge = await startTestBridge({ config: testConfig(pullFrom(odoo)), store, session });
    api = await startRole();
    // Who polls is known once the first polls have come.
    await eventually(async () => {
      expect((await doctor({ url: api.url })).bad).toEqual([]);
    }, 60_000);
  }, 120_000);
  afterAll(async () => {
    await api.stop();
    await bridge.stop();
    await session.close();
    await wire.close();
    await odoo.close();
    if (storeIsOpen) await store.close();
  }, 60_000);

  test('of a bridge that is well has good lines only, and exits 0', async () => {
    const { code, healthy, checks, bad, find } = await doctor({ url: api.url });
    expect({ code, healthy, bad }).toEqual({ code: 0, healthy: true, bad: [] });
    expect(new Set(checks.map(({ area }) => area))).toEqual(
      new Set(['api', 'store', 'temporal', 'events', 'odoo main', 'subscription crm']),
    );
    expect(find('temporal', 'queue jisr-odoo, activities')?.detail).toMatch(/polled by \d+@/);
    expect(find('temporal', 'reachable')?.detail).toMatch(/^server \d+\.\d+\.\d+\S*, SDK 1\.24\.0$/);
    expect(find('store', 'migrations')?.detail).toMatch(/^all \d+ are made$/);
  });

  test('reads well on a terminal', async () => {
    const { out } = await jisr('doctor', { url: api.url, key: KEY, columns: 100 });
    expect(out).toMatch(/^ok +odoo main +key +it lets us pull/m);
    expect(out).toMatch(/ok, 0 worth a look, 0 broken$/);
  });

  test('says that Odoo is down, and that the rest is well', async () => {
    await odoo.stop();
    const { code, bad, find } = await doctor({ url: api.url });
    await odoo.start();
    expect(code).toBe(1);
    expect(bad.filter((line) => !line.includes('odoo main pull'))).toEqual(['fail odoo main reachable']);
    expect(find('odoo main', 'reachable')?.detail).toMatch(/nobody listens there.*ODOO_URL/);
  });

  test('says that the key of Odoo is wrong, and which variable has it', async () => {
    odoo.setApiKey('another');
    const { code, find } = await doctor({ url: api.url });
    odoo.setApiKey('lab-key');
    expect(code).toBe(1);
    expect(find('odoo main', 'reachable')?.level).toBe('ok');
    expect(find('odoo main', 'key')).toMatchObject({
      level: 'fail',
      detail: expect.stringMatching(/ODOO_API_KEY/) as unknown,
    });
  });

  test('says that the circuit of a subscription is open', async () => {
    const failed = { subscriptionId: crm.id, closes: false, failures: 12, probeFailed: false };
    await writeCircuits(store.db, [failed], 10);
    const { code, find } = await doctor({ url: api.url });
    await writeCircuits(store.db, [{ ...failed, closes: true, failures: 0 }], 10);
    expect(code).toBe(1);
    expect(find('subscription crm', 'circuit')).toMatchObject({
      level: 'fail',
      detail: expect.stringMatching(/^open: 12 failures in a row/) as unknown,
      hint: expect.stringMatching(
        /^`jisr subscriptions test crm` says why.*`jisr subscriptions resume crm`/,
      ) as unknown,
    });
  });

  test('says that an address is not allowed here', async () => {
    const strict = await startRole({ JISR_WEBHOOK_ALLOW_CIDR: '10.0.0.0/8' });
    const { find } = await doctor({ url: strict.url });
    await strict.stop();
    expect(find('subscription crm', 'address')?.detail).toMatch(/127\.0\.0\.1.*JISR_WEBHOOK_ALLOW_CIDR/);
  });

  test('says that no push is let in, which is worth a look', async () => {
    const closed = await startRole({ ODOO_PUSH_API_KEY: '' });
    const { code, bad, find } = await doctor({ url: closed.url });
    await closed.stop();
    expect(code).toBe(0);
    expect(bad).toContain('warn odoo main pushes');
    expect(find('odoo main', 'pushes')?.hint).toMatch(/ODOO_PUSH_API_KEY/);
  });

  test('says that Temporal is gone, and still what the store and Odoo are like', async () => {
    await wire.cut();
    const { code, find } = await doctor({ url: api.url });
    await wire.mend();
    expect(code).toBe(1);
    expect(find('temporal', 'reachable')?.level).toBe('fail');
    expect(find('store', 'writable')?.level).toBe('ok');
    expect(find('odoo main', 'key')?.level).toBe('ok');
  }, 60_000);

  test('with a wrong key for Jisr itself says which key is meant', async () => {
    expect(await jisr('doctor', { url: api.url, key: 'wrong' })).toMatchObject({
      code: 1,
      err: expect.stringMatching(/JISR_API_KEY/) as unknown,
    });
  });

  test('says that the store is gone, and still what Temporal and Odoo are like', async () => {
    await store.close();
    storeIsOpen = false;
    const { code, find } = await doctor({ url: api.url });
    expect(code).toBe(1);
    expect(find('store', 'reachable')).toMatchObject({
      level: 'fail',
      hint: expect.stringMatching(/DATABASE_URL/) as unknown,
    });
    expect(find('odoo main', 'key')?.level).toBe('ok');
  }, 60_000);
});

describe('while no api answers', () => {
  const DIST = join(__dirname, '../../dist');
  /** As the program `jisr` runs it. */
  const withEnv = (env: Record<string, string>): At => ({
    url: 'http://127.0.0.1:2',
    run: (script) =>
      new Promise((resolve, reject) => {
        const path = process.env['PATH'] ?? '';
        execFile(
          process.execPath,
          [join(DIST, script)],
          { cwd: '/', env: { PATH: path, ...env } },
          (error, said) => {
            if (error === null) resolve({ code: 0, said });
            else reject(new Error(`${script} failed`, { cause: error }));
          },
        );
      }),
  });

  test('the check-up is made from here by the configuration, and says so', async () => {
    const odoo = await startSimulator();
    const { bad, code, find } = await doctor(
      withEnv({
        ...(pullFrom(odoo) as Record<string, string>),
        ODOO_PUSH_API_KEY: 'push',
        JISR_DATA_DIR: '/nonexistent/data',
      }),
    );
    await odoo.close();
    expect(code).toBe(1);
    expect(bad).toEqual(['fail api reachable', 'fail store embedded']);
    expect(find('api', 'reachable')?.detail).toMatch(/nobody listens there/);
    expect(find('odoo main', 'key')?.level).toBe('ok');
  });

  test('a process that has the data folder is named: Jisr runs, but not where it was looked for', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'jisr-doctor-'));
    const lock = openDataFolder(dir).lock();
    const held = await doctor(withEnv({ JISR_DATA_DIR: dir }));
    lock.release();
    const free = await doctor(withEnv({ JISR_DATA_DIR: dir }));
    rmSync(dir, { recursive: true });
    expect(held.find('store', 'embedded')).toMatchObject({ level: 'warn', hint: like(/JISR_URL/) });
    expect(held.find('store', 'embedded')?.detail).toContain(`process ${process.pid} has the data folder`);
    expect(free.find('store', 'embedded')).toMatchObject({ level: 'fail', hint: like(/jisr start/) });
  });

  test('a store and a server of their own are looked at, and no table is made', async () => {
    if (process.env['JISR_TEST_POSTGRES_URL'] === undefined) return;
    const database = await createTestDatabase();
    const env = { DATABASE_URL: database.url, TEMPORAL_ADDRESS: process.env['JISR_TEST_TEMPORAL']! };
    const first = await doctor(withEnv(env));
    const again = await doctor(withEnv({ ...env, TEMPORAL_ADDRESS: '127.0.0.1:1' }));
    await database.drop();
    expect(first.find('store', 'migrations')).toMatchObject({
      level: 'fail',
      hint: expect.stringMatching(/jisr migrate/) as unknown,
    });
    expect(first.find('temporal', 'reachable')?.level).toBe('ok');
    expect(again.find('store', 'migrations')?.level).toBe('fail');
    expect(again.find('temporal', 'reachable')).toMatchObject({
      level: 'fail',
      hint: expect.stringMatching(/TEMPORAL_ADDRESS/) as unknown,
    });
  }, 60_000);

  test('a configuration that is wrong is told line by line', async () => {
    const { bad, code } = await doctor(withEnv({ PORT: 'x', LOG_LEVEL: 'loud' }));
    expect(code).toBe(1);
    expect(bad).toEqual(['fail api reachable', 'fail configuration LOG_LEVEL', 'fail configuration PORT']);
  });
});
