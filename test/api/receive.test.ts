// The endpoint that Odoo pushes to, on a real socket and a real store. Temporal is played by a fake of our port.
import { gzipSync } from 'node:zlib';
import { request as httpRequest } from 'node:http';
import { Secret } from '../../src/config';
import type { EventToStart } from '../../src/contracts/event-runs';
import type { PushStarts } from '../../src/control/push-starts';
import { readTotals } from '../../src/store/counters';
import { writeProcessingSettings } from '../../src/store/settings';
import { recorded, recordedNames } from '../odoo/recorded';
import { describeOnBothEngines, type TestStore } from '../support/stores';
import { MAIN, PUSH_ONLY, startApi, type RunningApi } from './running-api';

const PATH = '/api/v1/webhooks/receive';
const KEY = { authorization: 'Bearer push-key' };
const push = { apiKey: new Secret('push-key'), apiKeyHeader: 'x-api-key', basic: new Secret('odoo:pw') };

const A_NUMBER: unknown = expect.any(Number);
const like = (pattern: RegExp): unknown => expect.stringMatching(pattern);

function builder(over: object = {}) {
  return {
    event_id: 168,
    model: 'res.partner',
    record_id: 42,
    event: 'write',
    timestamp: '2026-11-24T02:05:40',
    priority: 'high',
    category: 'business',
    data: { name: 'A' },
    ...over,
  };
}

describeOnBothEngines('a push', (open) => {
  let store: TestStore;
  let api: RunningApi;
  let started: EventToStart[];
  let rings: number;
  let leaseMs: number | null;

  beforeAll(async () => {
    store = await open();
  }, 60_000);
  beforeEach(async () => {
    await store.empty();
    started = [];
    rings = 0;
    leaseMs = 10_000;
    const starts: PushStarts = {
      leaseMs: () => leaseMs,
      start: (event) => void started.push(event),
      stop: () => Promise.resolve(),
    };
    const bell = { ring: () => void (rings += 1), setAwake: () => undefined };
    api = await startApi({
      store,
      starts,
      bell,
      sources: [
        { ...MAIN, push },
        { ...PUSH_ONLY, push },
      ],
    });
  });
  afterEach(() => api.close());
  afterAll(() => store.close());

  const send = (body: unknown, headers: Record<string, string> = KEY, path = PATH) =>
    api.call('POST', path, { body, headers: { authorization: '', ...headers } });

  test('a new one is durable when it is answered, started behind the answer, and a copy is told', async () => {
    expect(await send(builder())).toMatchObject({
      status: 200,
      body: { success: true, event_id: '168', key: '168', duplicate: false },
    });
    expect((await readTotals(store.db)).states.pending).toBe(1);
    expect(started).toEqual([
      {
        key: '168',
        source: 'main',
        model: 'res.partner',
        recordId: 42,
        operation: 'write',
        priority: 'high',
        ids: [{ channel: 'push', id: '168' }],
      },
    ]);
    expect(await send(builder())).toMatchObject({ body: { key: '168', duplicate: true } });
    expect(started).toHaveLength(1);
  });

  test.each([
    ['a Bearer token', { authorization: 'Bearer push-key' }],
    ['the header of the key', { 'x-api-key': 'push-key' }],
    ['Basic as typed', { authorization: 'Basic odoo:pw' }],
    ['Basic encoded', { authorization: `Basic ${Buffer.from('odoo:pw').toString('base64')}` }],
  ])('%s lets it in', async (_, headers) => {
    expect((await send(builder(), headers)).status).toBe(200);
  });

  test.each([
    ['nothing', {}],
    ['Bearer False, as Odoo sends for an empty token', { authorization: 'Bearer False' }],
    ['an empty Bearer', { authorization: 'Bearer ' }],
    ['another key', { authorization: 'Bearer push-kez' }],
    ['an empty header', { 'x-api-key': '' }],
    ['another password', { authorization: 'Basic odoo:pv' }],
    ['the key as Basic', { authorization: 'Basic push-key' }],
    ['the admin key', { authorization: 'Bearer the-admin-key' }],
  ])('%s does not, and nothing is kept', async (_, headers) => {
    const answer = await send(builder(), headers);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toMatch(/Bearer.*Basic/);
    expect((await readTotals(store.db)).of('pushed')).toBe(0);
  });

  test('a source without credentials takes none, whatever is sent', async () => {
    const closed = await startApi({ store });
    for (const headers of [{}, KEY, { authorization: 'Bearer False' }]) {
      const answer = await closed.call('POST', PATH, {
        body: builder(),
        headers: { authorization: '', ...headers },
      });
      expect(answer).toMatchObject({
        status: 401,
        body: { detail: like(/ODOO_PUSH_API_KEY/) },
      });
    }
    await closed.close();
  });

  test('a source is named by the path; its keys carry its name', async () => {
    expect((await send(builder(), KEY, `${PATH}/shop`)).body).toMatchObject({
      key: 'shop/168',
      event_id: '168',
    });
    expect((await send(builder(), KEY, `${PATH}/nobody`)).status).toBe(404);
  });

  test('Odoo asks with HEAD first, without credentials; a connection test is no event', async () => {
    expect((await api.call('HEAD', PATH, { headers: { authorization: '' } })).status).toBe(200);
    const test = { test: true, message: 'x', timestamp: '2026-11-24T02:05:40', subscriber: 'jisr' };
    expect(await send(test)).toMatchObject({ status: 200, body: { success: true, test: true } });
    expect(await send(builder({ data: { _test_event: true } }))).toMatchObject({ body: { test: true } });
    expect(await send(builder({ record_id: -1 }))).toMatchObject({ body: { test: true } });
    const totals = await readTotals(store.db);
    expect([totals.of('test_pushes'), totals.of('pushed')]).toEqual([3, 0]);
  });

  test('JSON as text/plain, compressed, with a query string or with no type at all is JSON', async () => {
    expect((await send(builder(), { ...KEY, 'content-type': 'text/plain' })).status).toBe(200);
    expect((await send(builder({ event_id: 2 }), KEY, `${PATH}?db=x&db=y`)).status).toBe(200);
    const gzip = await raw(gzipSync(JSON.stringify(builder({ event_id: 3 }))), {
      'content-encoding': 'gzip',
    });
    expect(gzip).toBe(200);
  });

  test('a batch is one transaction, answered in its order; what is not understood is kept', async () => {
    const events = [
      builder({ event_id: 1, record_id: 1 }),
      { event_id: 2, nonsense: true },
      builder({ event_id: 1, record_id: 1 }),
      builder({ event_id: 3, record_id: -1 }),
      builder({ event_id: null, record_id: 4 }),
    ];
    const answer = await send({ batch: true, timestamp: '2026-11-24T02:05:40', events });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        success: true,
        results: [
          { event_id: '1', key: '1', duplicate: false },
          { event_id: '2', quarantine_id: A_NUMBER },
          { event_id: '1', key: '1', duplicate: true },
          { test: true },
          { event_id: null, key: like(/^x-/), duplicate: false },
        ],
      },
    });
    // Many at once are the dispatcher's.
    expect(started).toEqual([]);
    expect(rings).toBeGreaterThan(0);
    expect((await send({ batch: true, events: [] })).status).toBe(400);
  });

  test('an unknown shape is kept as it came, and answered 422 with its place', async () => {
    const answer = await send({ hello: ['world'] });
    expect(answer).toMatchObject({ status: 422, body: { quarantine_id: A_NUMBER } });
    const { quarantine_id: id } = answer.body as { quarantine_id: number };
    expect(await api.get(`/api/v1/quarantine/${id}`)).toMatchObject({
      status: 200,
      body: { id, source: 'main', channel: 'push', status: 'open', times: 1, raw: '{"hello":["world"]}' },
    });
    await send({ hello: ['world'] });
    const list = await api.get('/api/v1/quarantine');
    expect(list.body).toMatchObject({ quarantine: [{ id, times: 2 }], next: null });
  });

  test('an event without a readable time is kept, not lost', async () => {
    expect(await send(builder({ timestamp: 'yesterday' }))).toMatchObject({ status: 422 });
    expect((await readTotals(store.db)).of('quarantined')).toBe(1);
  });

  test.each([
    ['no JSON', 'this is no JSON'],
    ['an empty body', ''],
    ['half a body', '{"event_id":'],
  ])('%s is a 400 that says so, and is not kept', async (_, body) => {
    expect(await send(body)).toMatchObject({
      status: 400,
      body: { detail: like(/not JSON/) },
    });
    expect((await readTotals(store.db)).of('quarantined')).toBe(0);
  });

  test('a body above the limit is a 413, an unknown encoding a 415, another method a 405', async () => {
    expect((await send(builder({ data: { text: 'x'.repeat(1_100_000) } }))).status).toBe(413);
    expect(await raw(Buffer.from('x'), { 'content-encoding': 'zstd-of-mine' })).toBe(415);
    expect((await api.call('PUT', PATH, { headers: KEY })).status).toBe(405);
  });

  test('hostile nesting and texts that PostgreSQL refuses are kept, and the neighbours of a batch go through', async () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    expect((await send(deep)).status).toBe(422);
    const events = [builder({ event_id: 1 }), builder({ event_id: 2, record_id: 2, category: 'a\u0000b' })];
    expect(await send({ batch: true, events })).toMatchObject({
      status: 200,
      body: { results: [{ key: '1' }, { event_id: '2', quarantine_id: A_NUMBER }] },
    });
  });

  test('paused, or behind an earlier event of its record, it waits for the dispatcher', async () => {
    await send(builder({ event_id: 1 }));
    expect(started.map(({ key }) => key)).toEqual(['1']);
    await send(builder({ event_id: 2, timestamp: '2026-11-24T03:05:40' }));
    expect(started).toHaveLength(1);
    await writeProcessingSettings(store.db, { paused: true, reason: null });
    await send(builder({ event_id: 3, record_id: 3 }));
    expect(started).toHaveLength(1);
    await writeProcessingSettings(store.db, { paused: false, reason: null });
    await send(builder({ event_id: 4, record_id: 4 }));
    expect(started.map(({ key }) => key)).toEqual(['1', '4']);
    leaseMs = null;
    const before = rings;
    await send(builder({ event_id: 5, record_id: 5 }));
    expect(started).toHaveLength(2);
    expect(rings).toBe(before + 1);
  });

  test('a full inbox answers 503 with Retry-After, and takes them again when it has room', async () => {
    const full = await startApi({
      store,
      sources: [{ ...MAIN, push }],
      limits: { maxPendingEvents: 1, maxBodyBytes: 1_000 },
    });
    const to = (id: number) =>
      full.call('POST', PATH, { body: builder({ event_id: id, record_id: id }), headers: KEY });
    expect((await to(1)).status).toBe(200);
    await eventuallyStatus(() => to(2), 503);
    const refused = await to(3);
    expect(refused.headers.get('retry-after')).toBe('5');
    await store.empty();
    await eventuallyStatus(() => to(4), 200);
    await full.close();
  });

  test('two hundred at once are one event each, and each copy of them is told', async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, n) => send(builder({ event_id: n % 100, record_id: (n % 100) + 1 }))),
    );
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(answers.filter(({ body }) => (body as { duplicate: boolean }).duplicate)).toHaveLength(100);
    expect((await readTotals(store.db)).states.pending).toBe(100);
    expect(new Set(started.map(({ key }) => key)).size).toBe(100);
  });

  test.each(recordedNames('push').filter((name) => recorded('push', name).request?.method === 'POST'))(
    'what a real Odoo sent in %s is understood',
    async (name) => {
      const answer = await send(recorded('push', name).request?.body);
      expect(answer).toMatchObject({ status: 200, body: { success: true } });
      expect(JSON.stringify(answer.body)).not.toContain('quarantine');
      const isTest = (answer.body as { test?: boolean }).test === true;
      expect(isTest).toBe(/test/.test(name));
    },
  );

  async function raw(body: Buffer, headers: Record<string, string>): Promise<number> {
    return new Promise((resolve, reject) => {
      const sending = httpRequest(
        `${api.url}${PATH}`,
        { method: 'POST', headers: { ...KEY, ...headers } },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode ?? 0);
        },
      );
      sending.on('error', reject);
      sending.end(body);
    });
  }
});

async function eventuallyStatus(act: () => Promise<{ status: number }>, wanted: number): Promise<void> {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline;)
    if ((await act()).status === wanted) return;
  throw new Error(`never answered ${wanted}`);
}
