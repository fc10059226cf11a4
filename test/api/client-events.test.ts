// What the present clients read and ask for: fields, filters, numbers and retries, over a real socket.
import { sql } from 'drizzle-orm';
import type { EventCopy } from '../../src/domain/event';
import { createIntake } from '../../src/intake/accept';
import { CounterTally } from '../../src/store/counters';
import { lockRows, writeMoves } from '../../src/store/events/rows';
import { anArrival, aSource } from '../support/builders';
import { describeOnBothEngines, type TestStore } from '../support/stores';
import { startApi, type RunningApi } from './running-api';

describeOnBothEngines('the present clients', (open) => {
  let store: TestStore;
  let api: RunningApi;
  const heard: string[] = [];

  beforeAll(async () => {
    store = await open();
    const bell = { ring: () => void heard.push('bell'), setAwake: () => undefined };
    api = await startApi({ store, bell });
  }, 60_000);
  beforeEach(async () => {
    heard.length = 0;
    await store.empty();
    await accept(
      { eventId: '101', model: 'res.partner', recordId: 1, operation: 'create', priority: 'high' },
      { eventId: '102', model: 'res.partner', recordId: 2, category: 'system' },
      { eventId: '103', model: 'sale.order', recordId: 3, category: null, priority: 'low' },
    );
  });
  afterAll(async () => {
    await api.close();
    await store.close();
  });

  const accept = (...copies: Partial<EventCopy>[]) =>
    createIntake(store.db).accept(
      aSource(),
      'pull',
      copies.map((copy) => anArrival(copy)),
      null,
    );
  async function becomes(key: string, ...steps: ('processing' | 'processed' | 'dead_letter')[]) {
    await store.db.transaction(async (tx) => {
      const tally = new CounterTally();
      const rows = [...(await lockRows(tx, [{ key }])).values()];
      await writeMoves(
        tx,
        rows.map((row) => ({ row, steps })),
        tally,
      );
      await tally.write(tx);
    });
  }
  const found = async (query: string, path = 'events') => {
    const { body } = await api.get(`/api/v1/webhooks/${path}?${query}`);
    return (body as { data: { id: number }[] }).data.map(({ id }) => id);
  };
  const get = async (path: string) => (await api.get(`/api/v1/webhooks/${path}`)).body;

  test('an event has its number, its payload and its state', async () => {
    expect(await get('events?limit=1&offset=2')).toEqual({
      status: 'success',
      count: 1,
      data: [
        {
          id: 1,
          key: '101',
          source: 'main',
          model: 'res.partner',
          record_id: 1,
          event: 'create',
          occurred_at: '2026-11-24T02:00:00.000Z',
          received_at: expect.stringMatching(/Z$/) as unknown,
          processed_at: null,
          priority: 'high',
          category: 'business',
          status: 'pending',
          changed_fields: null,
          payload: { name: 'A' },
        },
      ],
    });
  });

  test.each([
    ['model=res.partner', 'events', [2, 1]],
    ['record_id=2', 'events', [2]],
    ['event=create', 'events', [1]],
    ['since=2026-01-01T00:00:00', 'events', [3, 2, 1]],
    ['since=2100-01-01T00:00:00Z', 'events', []],
    ['priority=high', 'events/enhanced', [1]],
    ['category=system', 'events/enhanced', [2]],
    ['status=pending&model=sale.order', 'events/enhanced', [3]],
    ['limit=1&offset=1', 'events/enhanced', [2]],
  ])('%s on %s is obeyed', async (query, path, ids) => {
    expect(await found(query, path)).toEqual(ids);
  });

  test('an offset above 10,000 is refused', async () => {
    expect((await api.get('/api/v1/webhooks/events?offset=10001')).status).toBe(400);
  });

  test('what is new is summed up by model, and is not new after its own time', async () => {
    const news = (await get('check-updates')) as { last_update_at: string };
    expect(news).toEqual({
      has_update: true,
      last_update_at: expect.stringMatching(/Z$/) as unknown,
      summary: [
        { model: 'res.partner', count: 2 },
        { model: 'sale.order', count: 1 },
      ],
    });
    expect(await get(`check-updates?since=${news.last_update_at}`)).toEqual({
      has_update: false,
      last_update_at: null,
      summary: [],
    });
  });

  test('statistics say what there is, and follow what a further copy changes', async () => {
    await becomes('101', 'processing', 'processed');
    await becomes('102', 'processing', 'dead_letter');
    // The same id from the same channel: a copy, which raises the priority and names a category.
    await accept({
      eventId: '103',
      model: 'sale.order',
      recordId: 3,
      category: 'notification',
      priority: 'high',
    });
    expect(await get('statistics')).toEqual({
      total_events: 3,
      by_status: { pending: 1, processing: 0, delivering: 0, processed: 1, dead_letter: 1, discarded: 0 },
      by_priority: { high: 2, medium: 1, low: 0 },
      by_category: { business: 1, system: 1, notification: 1, custom: 0, other: 0, none: 0 },
      by_model: [
        { model: 'res.partner', count: 2 },
        { model: 'sale.order', count: 1 },
      ],
      success_rate: 0.5,
      average_processing_time: expect.any(Number) as unknown,
    });
  });

  test('dead letters are summed up', async () => {
    const none = { total_events: 0, by_model: [], oldest_event: null, newest_event: null };
    expect(await get('dead-letter/stats')).toEqual(none);
    await becomes('103', 'processing', 'dead_letter');
    expect(await get('dead-letter/stats')).toEqual({
      total_events: 1,
      by_model: [{ model: 'sale.order', count: 1 }],
      oldest_event: expect.stringMatching(/Z$/) as unknown,
      newest_event: expect.stringMatching(/Z$/) as unknown,
    });
  });

  test('a dead letter is retried by its number, once', async () => {
    await becomes('102', 'processing', 'dead_letter');
    const retry = () => api.post('/api/v1/webhooks/retry', { event_id: 2 });
    expect((await retry()).body).toEqual({
      success: true,
      event_id: 2,
      message: 'it is tried again',
      new_status: 'pending',
    });
    expect(await found('status=pending', 'events/enhanced')).toContain(2);
    expect(heard).toEqual(['bell']);
    expect((await retry()).status).toBe(409);
  });

  test('of many, each is answered for itself', async () => {
    await becomes('101', 'processing', 'dead_letter');
    const { body } = await api.post('/api/v1/webhooks/retry/bulk', { event_ids: [1, 2, 99] });
    expect(body).toMatchObject({
      success: false,
      results: [
        { event_id: 1, success: true, new_status: 'pending' },
        { event_id: 2, success: false, new_status: 'pending' },
        { event_id: 99, success: false, new_status: null },
      ],
    });
  });

  test.each([
    ['an unknown number', 'retry', { event_id: 99 }, 404],
    ['no number', 'retry', {}, 400],
    ['more than 100', 'retry/bulk', { event_ids: Array.from({ length: 101 }, (_, place) => place + 1) }, 400],
  ])('a retry of %s is refused', async (_what, path, body, status) => {
    expect((await api.post(`/api/v1/webhooks/${path}`, body)).status).toBe(status);
  });

  test('a source tells how far it is with each model', async () => {
    await accept({ eventId: '90', model: 'sale.order', recordId: 9, occurredAtMs: Date.UTC(2026, 10, 1) });
    const { models } = (await api.get('/api/v1/sources/main')).body as { models: unknown };
    expect(models).toEqual([
      expect.objectContaining({ model: 'res.partner', events: 2, last_event: '102' }),
      {
        model: 'sale.order',
        events: 2,
        last_event: '90',
        last_occurred_at: '2026-11-24T02:00:00.000Z',
        last_received_at: expect.stringMatching(/Z$/) as unknown,
      },
    ]);
  });

  test('its health needs no key; all else does', async () => {
    const headers = { authorization: '' };
    const status = async (path: string) => (await api.call('GET', path, { headers })).status;
    expect(await status('/api/v1/webhooks/health')).toBe(200);
    expect(await status('/api/v1/webhooks/statistics')).toBe(401);
  });

  test('rare models and rare values cost no more among many events', async () => {
    await store.db.execute(sql`
      insert into events (key, source, channel, model, record_id, operation, occurred_at, priority, status)
      select 'many-' || n, 'main', 'pull', 'mail.message', n, 'write', now(), 5, 'processed'
      from generate_series(1, 30000) n`);
    const { body } = await api.post('/api/v2/sync/pull', {
      user_id: 1,
      device_id: 'phone',
      app_type: 'sales_app',
    });
    expect((body as { events: { id: number }[] }).events.map(({ id }) => id)).toEqual([1, 2, 3]);
    // Among the newest 20,000 only.
    expect(await found('priority=high', 'events/enhanced')).toEqual([]);
    expect(await found('priority=high&model=res.partner', 'events/enhanced')).toEqual([1]);
  });
});
