// Devices pull over a real socket: what each gets, where it stands, and that concurrent pulls share nothing and
// leave nothing out.
import type { EventCopy } from '../../src/domain/event';
import { createIntake } from '../../src/intake/accept';
import { listEvents } from '../../src/store/events/read';
import { anArrival, aSource } from '../support/builders';
import { describeOnBothEngines, type TestStore } from '../support/stores';
import { startApi, type Answer, type RunningApi } from './running-api';

interface Pulled {
  readonly has_updates: boolean;
  readonly new_events_count: number;
  readonly events: readonly { readonly id: number; readonly model: string }[];
  readonly next_sync_token: string;
}

describeOnBothEngines('a device', (open) => {
  let store: TestStore;
  let api: RunningApi;
  let lastId = 0;

  beforeAll(async () => {
    store = await open();
    api = await startApi({ store });
  }, 60_000);
  beforeEach(() => store.empty());
  afterAll(async () => {
    await api.close();
    await store.close();
  });

  const accept = (...copies: Partial<EventCopy>[]) => {
    const arrivals = copies.map((copy) =>
      anArrival({ eventId: String((lastId += 1)), recordId: lastId, ...copy }),
    );
    return createIntake(store.db).accept(aSource(), 'pull', arrivals, null);
  };
  const device = { user_id: 7, device_id: 'phone', app_type: 'mobile_app' };
  const ask = (over: object = {}): Promise<Answer> => api.post('/api/v2/sync/pull', { ...device, ...over });
  const pull = async (over: object = {}) => (await ask(over)).body as Pulled;
  const models = async (over: object) => (await pull(over)).events.map(({ model }) => model);
  const state = (query = 'user_id=7&device_id=phone') => api.get(`/api/v2/sync/state?${query}`);

  test('gets what it has not seen, in the order of acceptance, and nothing twice', async () => {
    await accept({ model: 'res.partner', recordId: 42, operation: 'create' }, { model: 'sale.order' }, {});
    expect((await ask({ limit: 2 })).body).toEqual({
      status: 'success',
      has_updates: true,
      new_events_count: 2,
      events: [
        {
          id: 1,
          model: 'res.partner',
          record_id: 42,
          event: 'create',
          timestamp: '2026-11-24T02:00:00.000Z',
        },
        expect.objectContaining({ id: 2, model: 'sale.order' }),
      ],
      next_sync_token: '2',
      last_sync_time: expect.stringMatching(/Z$/) as unknown,
    });
    expect((await pull()).events.map(({ id }) => id)).toEqual([3]);
    expect(await pull()).toMatchObject({
      has_updates: false,
      new_events_count: 0,
      events: [],
      next_sync_token: '3',
    });
  });

  test('gets the models of its app, and of these what its filter names', async () => {
    await accept({ model: 'sale.order' }, { model: 'hr.employee' }, { model: 'sale.order.line' });
    expect(await models({ app_type: 'sales_app' })).toEqual(['sale.order', 'sale.order.line']);
    expect(await models({ app_type: 'manager_app', models_filter: ['hr.*'] })).toEqual(['hr.employee']);
    expect(
      await models({ app_type: 'sales_app', device_id: 'other', models_filter: ['hr.employee'] }),
    ).toEqual([]);
  });

  test('has a place for each of its apps', async () => {
    await accept({ model: 'sale.order' });
    expect(await models({ app_type: 'sales_app' })).toEqual(['sale.order']);
    expect(await models({ app_type: 'manager_app' })).toEqual(['sale.order']);
  });

  test('is told where it stands, and begins again after a reset', async () => {
    await accept({}, {});
    await pull();
    await pull();
    const known = { user_id: 7, device_id: 'phone', sync_count: 2, is_active: true };
    expect((await state()).body).toEqual({
      ...known,
      last_event_id: 2,
      last_sync_time: expect.stringMatching(/Z$/) as unknown,
    });
    const reset = await api.post('/api/v2/sync/reset?user_id=7&device_id=phone');
    expect(reset.body).toMatchObject({ ...known, last_event_id: 0 });
    expect((await pull()).new_events_count).toBe(2);
  });

  test('that never pulled is unknown', async () => {
    const answers = await Promise.all([
      state('user_id=7&device_id=unheard'),
      api.post('/api/v2/sync/reset?user_id=7&device_id=unheard'),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
  });

  test.each([
    ['an app type that is not configured', { app_type: 'game' }, /sales_app, delivery_app/],
    ['a limit above 500', { limit: 501 }, /body\.limit/],
    ['a limit of 0', { limit: 0 }, /body\.limit/],
    ['no user', { user_id: null }, /body\.user_id/],
    ['a device without a name', { device_id: '' }, /body\.device_id/],
  ])('%s is refused with what is expected', async (_what, over, words) => {
    const { status, body, headers } = await ask(over);
    expect([status, headers.get('content-type')]).toEqual([400, expect.stringMatching(/problem\+json/)]);
    expect(body).toMatchObject({ detail: expect.stringMatching(words) as unknown });
  });

  test('that pulls 20 times at once while events come in gets every event once, in order', async () => {
    const wanted = ['sale.order', 'res.partner'];
    const draw = (from: readonly string[]) => from[Math.floor(Math.random() * from.length)] ?? '';
    const coming = (async () => {
      for (let page = 0; page < 40; page += 1) {
        const copies = Array.from({ length: 5 }, () => ({ model: draw([...wanted, 'hr.employee']) }));
        await Promise.all([accept(...copies), accept({ model: draw(wanted) })]);
      }
    })();
    const inbox = { isFilling: true };
    void coming.finally(() => {
      inbox.isFilling = false;
    });
    const got: number[] = [];
    const one = { app_type: 'sales_app' };
    while (inbox.isFilling) {
      const sizes = Array.from({ length: 20 }, () => 1 + Math.floor(Math.random() * 12));
      const answers = await Promise.all(sizes.map((limit) => pull({ ...one, limit })));
      for (const { events } of answers) {
        const ids = events.map(({ id }) => id);
        expect(ids).toEqual([...ids].sort((a, b) => a - b));
        got.push(...ids);
      }
    }
    await coming;
    for (let rest = await pull({ ...one, limit: 500 }); rest.has_updates; rest = await pull(one))
      got.push(...rest.events.map(({ id }) => id));
    const all = await listEvents(store.db, {}, { order: 'asc', limitRows: 1_000, after: null });
    const expected = all.filter(({ model }) => wanted.includes(model)).map(({ seq }) => seq);
    expect(expected.length).toBeGreaterThan(80);
    expect(got.sort((a, b) => a - b)).toEqual(expected);
  });

  test('needs the key, which its health does not', async () => {
    const headers = { authorization: '' };
    const { status } = await api.call('POST', '/api/v2/sync/pull', { headers, body: device });
    expect(status).toBe(401);
    expect((await api.call('GET', '/api/v2/sync/health', { headers })).body).toMatchObject({
      status: 'healthy',
    });
    const byHeader = await api.call('POST', '/api/v2/sync/pull', {
      headers: { authorization: '', 'x-api-key': 'the-admin-key' },
      body: device,
    });
    expect(byHeader.status).toBe(200);
  });
});
