// What a source looks like when its two witnesses, its workflow and the store, say different things.
import { noteFailure, noteSuccess } from '../../src/store/source-health';
import { writeSourceSettings } from '../../src/store/settings';
import { describeOnBothEngines, type TestStore } from '../support/stores';
import { AWAY } from './fake-control';
import { startApi, type RunningApi } from './running-api';

describeOnBothEngines('a source as the interface shows it', (open) => {
  let store: TestStore;
  let api: RunningApi;

  beforeAll(async () => {
    store = await open();
  }, 60_000);
  beforeEach(async () => {
    await store.empty();
    api = await startApi({ store });
  });
  afterEach(() => api.close());
  afterAll(() => store.close());

  const main = async () => (await api.get('/api/v1/sources/main')).body;
  const DAY_MS = 86_400_000;

  test('while Temporal is away its state is unknown, with the reason, and the store tells the rest', async () => {
    const set = { paused: true, pausedReason: 'stocktaking', intervalMs: 1_000, limitRows: 7 };
    await writeSourceSettings(store.db, 'main', set);
    await noteSuccess(store.db, 'main');
    api.control.fail(AWAY);
    expect(await main()).toMatchObject({
      state: 'unknown',
      state_detail: AWAY.message,
      paused_reason: 'stocktaking',
      cursor: null,
      interval_ms: 1_000,
      limit: 7,
      last_success_at: expect.stringMatching(/Z$/) as unknown,
    });
  });

  test('a state that is known needs no reason', async () => {
    expect(await main()).toMatchObject({ state: 'idle', state_detail: null });
  });

  test('a fault of our own is not shown as Temporal being away', async () => {
    api.control.fail(new Error('a bug'));
    expect((await api.get('/api/v1/sources/main')).status).toBe(500);
  });

  test.each([
    ['the workflow', DAY_MS, 'odoo-timeout'],
    ['the store', -DAY_MS, 'odoo-key-refused'],
  ])('of two failures the newer is shown: that of %s', async (_witness, aheadMs, code) => {
    await noteFailure(store.db, 'main', { code: 'odoo-key-refused', message: 'set ODOO_API_KEY' });
    const lastError = { code: 'odoo-timeout', message: 'slow', atMs: Date.now() + aheadMs };
    api.control.set('main', { lastError });
    expect(await main()).toMatchObject({ last_error: { code } });
  });

  test('a failure of the past stays to be seen after the recovery, with its time', async () => {
    await noteFailure(store.db, 'main', { code: 'odoo-timeout', message: 'slow' });
    await noteSuccess(store.db, 'main');
    expect(await main()).toMatchObject({
      last_error: { code: 'odoo-timeout', at: expect.stringMatching(/Z$/) as unknown },
    });
  });

  test('a pull that is due at once has no time to show', async () => {
    api.control.set('main', { nextPullMs: 0 });
    expect(await main()).toMatchObject({ next_pull_at: null });
  });

  test('a source that only pushes is shown as such, and has nothing to pause or pull', async () => {
    expect((await api.get('/api/v1/sources/shop')).body).toMatchObject({
      state: 'push_only',
      interval_ms: null,
    });
    for (const verb of ['pause', 'resume', 'pull']) {
      expect((await api.post(`/api/v1/sources/shop/${verb}`)).status).toBe(409);
    }
    const settings = await api.call('PATCH', '/api/v1/sources/shop', { body: { limit: 5 } });
    expect(settings.status).toBe(409);
    expect(api.control.asked).toEqual([]);
  });

  test('sources are listed page by page', async () => {
    const first = (await api.get('/api/v1/sources?limit=1')).body as { next: string };
    expect(first).toMatchObject({ sources: [{ name: 'main' }] });
    const second = await api.get(`/api/v1/sources?limit=1&cursor=${first.next}`);
    expect(second.body).toMatchObject({ sources: [{ name: 'shop' }], next: null });
  });

  test.each(['a\u0000b', '\ud800', 'x'.repeat(501), ''])(
    'a reason that could not be stored, or is too long or empty, never reaches the workflow (%#)',
    async (reason) => {
      expect((await api.post('/api/v1/sources/main/pause', { reason })).status).toBe(400);
      expect(api.control.asked).toEqual([]);
    },
  );
});
