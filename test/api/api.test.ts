// The HTTP interface over a real socket: what it answers, and what it refuses.
import { createIntake } from '../../src/intake/accept';
import { routeEvents } from '../../src/store/events/route';
import { anArrival, aSource } from '../support/builders';
import { describeOnBothEngines, type TestStore } from '../support/stores';
import { AWAY } from './fake-control';
import { startApi, type RunningApi } from './running-api';

describeOnBothEngines('the HTTP interface', (open) => {
  let store: TestStore;
  let api: RunningApi;

  beforeAll(async () => {
    store = await open();
    const arrivals = Array.from({ length: 5 }, (_, n) =>
      anArrival({
        eventId: String(n + 1),
        recordId: n + 1,
        model: n < 3 ? 'res.partner' : 'sale.order',
        payload: { n },
      }),
    );
    const intake = createIntake(store.db);
    await intake.accept(aSource(), 'pull', arrivals, null);
    await intake.accept(aSource(), 'pull', arrivals.slice(0, 1), null);
    await intake.accept(
      aSource({ name: 'hq', keyPrefix: 'hq/' }),
      'pull',
      [anArrival({ eventId: '17' })],
      null,
    );
    await routeEvents(store.db, [{ key: '1', runId: 'run-1', workflowId: '1' }]);
  }, 60_000);
  beforeEach(async () => {
    api = await startApi({ store });
  });
  afterEach(() => api.close());
  afterAll(() => store.close());

  const keysOf = (body: unknown) => (body as { events: { key: string }[] }).events.map((event) => event.key);

  test.each(['/api/v1/events', '/api/v1/stats', '/api/v1/sources'])(
    '%s without a key is answered 401',
    async (path) => {
      const answer = await api.call('GET', path, { headers: { authorization: '' } });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toMatch(/Bearer/);
      expect(answer.headers.get('content-type')).toMatch('application/problem+json');
    },
  );

  test('events are listed newest first, page by page to the end', async () => {
    const seen: string[] = [];
    for (let path = '/api/v1/events?limit=4'; ;) {
      const { body } = await api.get(path);
      seen.push(...keysOf(body));
      const { next } = body as { next: string | null };
      if (next === null) break;
      path = `/api/v1/events?limit=4&cursor=${next}`;
    }
    expect(seen).toEqual(['hq/17', '5', '4', '3', '2', '1']);
  });

  test.each([
    ['model=sale.order', ['5', '4']],
    ['record_id=2', ['2']],
    ['status=processed', ['1']],
    ['source=hq', ['hq/17']],
    ['pull_id=3', ['3']],
    ['q=res.partner/2', ['2']],
    ['channel=push', []],
    ['order=asc&limit=2', ['1', '2']],
    ['until=2001-01-01T00:00:00Z', []],
  ])('events?%s lists %j', async (query, keys) => {
    expect(keysOf((await api.get(`/api/v1/events?${query}`)).body)).toEqual(keys);
  });

  test.each(['modle=sale.order', 'limit=0', 'limit=1001', 'status=lost', 'since=yesterday', 'cursor=!'])(
    'events?%s is refused with 400 and says what is wrong',
    async (query) => {
      const { status, body } = await api.get(`/api/v1/events?${query}`);
      expect(status).toBe(400);
      expect(body).toMatchObject({
        status: 400,
        errors: expect.arrayContaining([expect.anything()]) as unknown,
      });
    },
  );

  test('one event comes with payload and copies; its key may hold a slash', async () => {
    expect((await api.get('/api/v1/events/1')).body).toMatchObject({
      key: '1',
      pull_id: '1',
      push_id: null,
      status: 'processed',
      payload: { n: 0 },
      copies: [{ channel: 'pull', id: '1', times: 2 }],
      deliveries: [],
    });
    expect((await api.get('/api/v1/events/hq%2F17')).body).toMatchObject({ key: 'hq/17', source: 'hq' });
    expect((await api.get('/api/v1/events/nobody')).status).toBe(404);
  });

  test('stats come from the counters', async () => {
    expect((await api.get('/api/v1/stats')).body).toMatchObject({
      events: { pending: 5, processing: 0, delivering: 0, processed: 1, dead_letter: 0, discarded: 0 },
      quarantined: 0,
      duplicates: 1,
      oldest_pending_seconds: expect.any(Number) as unknown,
    });
  });

  test('a source is shown, paused, not pulled while paused, and resumed', async () => {
    expect((await api.get('/api/v1/sources/main')).body).toMatchObject({
      name: 'main',
      state: 'idle',
      limit: 500,
    });
    expect((await api.post('/api/v1/sources/main/pause', { reason: 'why' })).body).toMatchObject({
      state: 'paused',
      paused_reason: 'why',
    });
    expect((await api.post('/api/v1/sources/main/pull')).status).toBe(409);
    await api.post('/api/v1/sources/main/resume');
    expect((await api.post('/api/v1/sources/main/pull')).status).toBe(202);
    expect(api.control.asked).toEqual(['pause main', 'resume main', 'pull main']);
  });

  test('settings of a source are changed, and wrong ones refused', async () => {
    const changed = await api.call('PATCH', '/api/v1/sources/main', {
      body: { interval_ms: 1000, limit: 50 },
    });
    expect(changed.body).toMatchObject({ interval_ms: 1000, limit: 50 });
    for (const body of [{}, { interval_ms: 1 }, { limit: 0 }, { intervall: 5 }]) {
      expect((await api.call('PATCH', '/api/v1/sources/main', { body })).status).toBe(400);
    }
  });

  test('an unknown source, an unknown path and a body that is no JSON get clear answers', async () => {
    expect((await api.get('/api/v1/sources/nobody')).status).toBe(404);
    expect((await api.get('/api/v1/nothing')).status).toBe(404);
    expect((await api.post('/api/v1/sources/main/pause', '{"reason":')).status).toBe(400);
  });

  test('while Temporal is away acting is 503, the list still answers, and readyz says so', async () => {
    api.control.fail(AWAY);
    const refused = await api.post('/api/v1/sources/main/pause');
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).not.toBeNull();
    expect((await api.get('/api/v1/sources')).status).toBe(200);
    const ready = await api.get('/readyz');
    expect(ready.status).toBe(503);
    expect(ready.body).toMatchObject({ ready: false });
  });

  test('healthz needs no key, and a sane request id is kept', async () => {
    const answer = await api.call('GET', '/healthz', {
      headers: { authorization: '', 'x-request-id': 'abc-1' },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-request-id')).toBe('abc-1');
  });
});
