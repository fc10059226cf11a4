// When Jisr says it is ready: progress, not just an answer.
import { sql } from 'drizzle-orm';
import { createIntake } from '../../src/intake/accept';
import { noteFailure, noteSuccess } from '../../src/store/source-health';
import { writeProcessingSettings, writeSourceSettings } from '../../src/store/settings';
import { anArrival, aSource } from '../support/builders';
import { describeOnBothEngines, type TestStore } from '../support/stores';
import { AWAY } from './fake-control';
import { MAIN, startApi, type RunningApi } from './running-api';

describeOnBothEngines('readiness', (open) => {
  let store: TestStore;
  let api: RunningApi;
  let nowMs: number;
  let startedAtMs: number;

  beforeAll(async () => {
    store = await open();
  }, 60_000);
  beforeEach(async () => {
    await store.empty();
    nowMs = Date.now();
    startedAtMs = nowMs;
    api = await startApi({ store, nowMs: () => nowMs, startedAtMs });
  });
  afterEach(() => api.close());
  afterAll(() => store.close());

  const ready = () => api.call('GET', '/readyz', { headers: { authorization: '' } });
  const check = async (name: string) => {
    const { status, body } = await ready();
    return { status, ...(body as { checks: Record<string, { ok: boolean; detail?: string }> }).checks[name] };
  };
  const acceptOne = () => createIntake(store.db).accept(aSource(), 'pull', [anArrival()], null);
  const ageBySeconds = (seconds: number) =>
    store.db.execute(sql`update events set received_at = now() - ${seconds} * interval '1 s'`);

  test('a bridge that has just started is ready, and names each check', async () => {
    expect(await ready()).toMatchObject({
      status: 200,
      body: {
        ready: true,
        checks: {
          store: { ok: true },
          temporal: { ok: true },
          dispatch: { ok: true },
          'source:main': { ok: true },
        },
      },
    });
  });

  test('a source that only pushes is not checked for polls', async () => {
    const { body } = await ready();
    expect(Object.keys((body as { checks: object }).checks)).not.toContain('source:shop');
  });

  test('a source without any success is late three intervals after the start', async () => {
    nowMs += 3 * MAIN.pull!.intervalMs;
    expect(await check('source:main')).toMatchObject({ status: 200, ok: true });
    nowMs += 1_000;
    expect(await check('source:main')).toMatchObject({ status: 503, ok: false });
  });

  test('a late source says its last failure', async () => {
    await noteSuccess(store.db, 'main');
    await noteFailure(store.db, 'main', { code: 'odoo-key-refused', message: 'set ODOO_API_KEY' });
    nowMs += 120_000;
    expect((await check('source:main')).detail).toContain('set ODOO_API_KEY');
  });

  test('the interval set at run time counts, but nothing is late within 10 s', async () => {
    const set = { paused: false, pausedReason: null, intervalMs: 100, limitRows: null };
    await writeSourceSettings(store.db, 'main', set);
    nowMs += 9_000;
    expect(await check('source:main')).toMatchObject({ ok: true });
    nowMs += 2_000;
    expect(await check('source:main')).toMatchObject({ ok: false });
  });

  test('a paused source is ready, and says that it is paused and why', async () => {
    const set = { paused: true, pausedReason: 'stocktaking', intervalMs: null, limitRows: null };
    await writeSourceSettings(store.db, 'main', set);
    nowMs += 3_600_000;
    expect(await check('source:main')).toEqual({ status: 200, ok: true, detail: 'paused: stocktaking' });
  });

  test('a source that holds back because the inbox is full is ready, and says so', async () => {
    api.control.set('main', { state: 'holding' });
    nowMs += 3_600_000;
    const { status, ok, detail } = await check('source:main');
    expect({ status, ok }).toEqual({ status: 200, ok: true });
    expect(detail).toMatch(/^holding/);
  });

  test('an event that waits for over a minute while nothing is in flight means that the dispatcher stands', async () => {
    await acceptOne();
    await ageBySeconds(61);
    const { status, ok, detail } = await check('dispatch');
    expect({ status, ok }).toEqual({ status: 503, ok: false });
    expect(detail).toContain('61 s');
  });

  test('a long queue that moves is ready, and says how long the oldest waits', async () => {
    await acceptOne();
    await createIntake(store.db).accept(
      aSource(),
      'pull',
      [anArrival({ eventId: '18', recordId: 18 })],
      10_000,
    );
    await ageBySeconds(90);
    const { status, ok, detail } = await check('dispatch');
    expect({ status, ok }).toEqual({ status: 200, ok: true });
    expect(detail).toContain('90 s');
  });

  test('what waits while processing is paused does not count, and the pause is said', async () => {
    await acceptOne();
    await ageBySeconds(3_600);
    await writeProcessingSettings(store.db, { paused: true, reason: 'migration' });
    expect(await check('dispatch')).toEqual({
      status: 200,
      ok: true,
      detail: 'processing is paused: migration',
    });
  });

  test('an event in hand long past its lease means that nobody looks after events, also while others are in flight', async () => {
    await acceptOne();
    const lease = (seconds: number) =>
      store.db.execute(
        sql`update events set status = 'processing', lease_until = now() - ${seconds} * interval '1 s'`,
      );
    await lease(59);
    expect(await check('dispatch')).toMatchObject({ status: 200, ok: true });
    await lease(75);
    const { status, ok, detail } = await check('dispatch');
    expect({ status, ok }).toEqual({ status: 503, ok: false });
    expect(detail).toMatch(/past its lease for 75 s .* see that a worker is up/);
  });

  test('a database that answers and takes no writes is not ready, and the reason is said', async () => {
    const ping = () => Promise.resolve({ takesWrites: false });
    const standby = await startApi({ store: { ...store, ping } });
    const { status, body } = await standby.call('GET', '/readyz', { headers: { authorization: '' } });
    await standby.close();
    expect(status).toBe(503);
    expect(body).toMatchObject({
      checks: { store: { ok: false, detail: expect.stringContaining('standby') as string } },
    });
  });

  test('the store itself says whether it takes writes', async () => {
    expect(await store.ping()).toEqual({ takesWrites: true });
    await store.db.execute(sql`set default_transaction_read_only = on`);
    // One of the connections of the pool; PGlite has no other.
    const answers = await Promise.all(Array.from({ length: 10 }, () => store.ping()));
    expect(answers).toContainEqual({ takesWrites: false });
    await Promise.all(
      Array.from({ length: 10 }, () => store.db.execute(sql`set default_transaction_read_only = off`)),
    );
  });

  test('Temporal away makes it not ready, in the words of the control', async () => {
    api.control.fail(AWAY);
    expect(await check('temporal')).toEqual({ status: 503, ok: false, detail: AWAY.message });
  });

  test('a fault inside a check is logged and tells the public nothing', async () => {
    api.control.fail(new Error('password of 10.0.0.7'));
    const { ok, detail } = await check('temporal');
    expect(ok).toBe(false);
    expect(detail).not.toContain('10.0.0.7');
    expect(api.lines.join('')).toContain('10.0.0.7');
  });

  test('a store that hangs is said within seconds, and keeps no other check back', async () => {
    const hanging = await startApi({ store: { ...store, ping: () => new Promise(() => undefined) } });
    const { status, body } = await hanging.call('GET', '/readyz', { headers: { authorization: '' } });
    await hanging.close();
    expect(status).toBe(503);
    expect(body).toMatchObject({
      checks: { store: { ok: false, detail: 'no answer within 2 s' }, temporal: { ok: true } },
    });
  });

  test('a probe that finds it not ready is no error of ours in the log', async () => {
    api.control.fail(AWAY);
    await ready();
    expect(api.lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  });
});
