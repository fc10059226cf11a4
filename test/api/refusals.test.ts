// What callers get who ask wrongly, or at the wrong time; and what they, and the log, never get to see.
import { BridgeRefused } from '../../src/control/ask';
import type { Store } from '../../src/store/database';
import { openTestStore, type TestStore } from '../support/stores';
import { ADMIN_KEY, startApi, type RunningApi } from './running-api';

let store: TestStore;
let api: RunningApi;

beforeAll(async () => {
  store = await openTestStore('pglite');
}, 60_000);
beforeEach(async () => {
  api = await startApi({ store });
});
afterEach(() => api.close());
afterAll(() => store.close());

/** A store whose every query fails like this, as drizzle wraps it. */
function failing(cause: Error): Store {
  const error = new Error('Failed query: select … params: hush', { cause });
  const select = () => {
    throw error;
  };
  const db = new Proxy(store.db, {
    get: (target, name): unknown => (name === 'select' ? select : Reflect.get(target, name)),
  });
  return { ...store, db };
}

const body = (answer: { readonly body: unknown }) => answer.body as { detail: string; errors?: unknown };

describe('a key', () => {
  test.each([{ authorization: `bearer ${ADMIN_KEY}` }, { authorization: '', 'x-api-key': ADMIN_KEY }])(
    'opens as %j',
    async (headers) => {
      expect((await api.call('GET', '/api/v1/stats', { headers })).status).toBe(200);
    },
  );

  test.each([
    { authorization: `Bearer ${ADMIN_KEY}x` },
    { authorization: `Basic ${ADMIN_KEY}` },
    { authorization: '', 'x-api-key': '' },
    { authorization: '', 'x-api-key': ADMIN_KEY.slice(1) },
  ])('does not open as %j', async (headers) => {
    expect((await api.call('GET', '/api/v1/stats', { headers })).status).toBe(401);
  });

  test('without one, nobody learns which paths there are', async () => {
    const headers = { authorization: '' };
    expect((await api.call('GET', '/api/v1/nothing', { headers })).status).toBe(401);
  });
});

describe('a wrong request', () => {
  test('is told every wrong value: where, what was found, what is expected', async () => {
    const answer = await api.get('/api/v1/events?stauts=lost&limit=0&order=up');
    expect(answer.status).toBe(400);
    expect(body(answer).errors).toEqual(
      expect.arrayContaining([
        {
          where: 'query.stauts',
          found: 'an unknown name',
          expected: expect.stringContaining('status') as unknown,
        },
        { where: 'query.limit', found: '"0"', expected: 'a whole number from 1 to 1000' },
        { where: 'query.order', found: '"up"', expected: 'one of asc, desc' },
      ]),
    );
  });

  test('a parameter given twice is refused, not half read', async () => {
    expect((await api.get('/api/v1/events?model=a&model=b')).status).toBe(400);
  });

  test('parameters where there are none are refused: nobody takes the whole for a part', async () => {
    expect((await api.get('/api/v1/stats?source=hq')).status).toBe(400);
  });

  test('a body that is no object is told what it should be', async () => {
    const answer = await api.post('/api/v1/sources/main/pause', '[1]');
    expect(answer.status).toBe(400);
    expect(body(answer).errors).toEqual([{ where: 'body', found: '[1]', expected: 'a JSON object' }]);
  });

  test.each([
    ['a broken escape in the path', 'GET', '/api/v1/events/%E0%A4%A', undefined, 400],
    ['NUL in the path', 'GET', '/api/v1/events/a%00b', undefined, 400],
    ['NUL in a filter', 'GET', '/api/v1/events?q=a%00b', undefined, 400],
    ['half a JSON', 'POST', '/api/v1/processing/pause', '{"reason":', 400],
    ['a body beyond 64 kB', 'POST', '/api/v1/processing/pause', `{"reason":"${'x'.repeat(70_000)}"}`, 413],
    ['a time before 1970', 'GET', '/api/v1/events?since=0001-01-01T00:00:00Z', undefined, 400],
    ['a record id beyond all bounds', 'GET', '/api/v1/events?record_id=99999999999999999999', undefined, 400],
  ])('%s is a problem with a way out, not a fault', async (_what, method, path, sent, status) => {
    const answer = await api.call(method, path, { body: sent });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(body(answer).detail).not.toBe('');
  });

  test.each([
    ['DELETE', '/api/v1/events', 'GET, HEAD'],
    ['GET', '/api/v1/sources/main/pull', 'POST'],
    ['PUT', '/api/v1/sources/main', 'GET, HEAD, PATCH'],
    ['POST', '/healthz', 'GET, HEAD'],
  ])('%s %s is answered 405 and told %s', async (method, path, allow) => {
    const answer = await api.call(method, path);
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe(allow);
  });

  test('what the workflow refuses is passed on in its words', async () => {
    api.control.fail(new BridgeRefused('intervalMs must be a whole number'));
    const answer = await api.call('PATCH', '/api/v1/sources/main', { body: { limit: 5 } });
    expect(answer).toMatchObject({ status: 400, body: { detail: 'intervalMs must be a whole number' } });
  });
});

describe('a request at the wrong time', () => {
  test('is put off while the database is away', async () => {
    const away = Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:5432'), { code: 'ECONNREFUSED' });
    const outage = await startApi({ store: failing(away) });
    const answer = await outage.get('/api/v1/events');
    await outage.close();
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(JSON.stringify(answer.body)).not.toContain('10.0.0.7');
  });

  test('that meets a fault of ours tells the caller nothing and the log what is needed, by the request id', async () => {
    const faulty = await startApi({ store: failing(new TypeError('x is undefined')) });
    const answer = await faulty.get('/api/v1/events');
    await faulty.close();
    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer.body)).not.toMatch(/undefined|hush|at /);
    const line = faulty.lines.find((logged) => logged.includes('request failed')) ?? '';
    expect(line).toContain('x is undefined');
    expect(line).toContain(answer.headers.get('x-request-id'));
    expect(faulty.lines.join('')).not.toContain('hush');
  });
});

describe('every answer', () => {
  test.each(['a b', 'ä', 'x'.repeat(65), 'a"b'])('a request id like %j is replaced', async (id) => {
    const answer = await api.call('GET', '/healthz', { headers: { 'x-request-id': id } });
    expect(answer.headers.get('x-request-id')).toMatch(/^[A-Za-z0-9._-]{1,64}$/);
  });

  test.each(['/healthz', '/api/v1/stats', '/api/v1/nothing'])(
    '%s has an id and hides what runs it',
    async (path) => {
      const { headers } = await api.get(path);
      expect(headers.get('x-request-id')).not.toBeNull();
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('etag')).toBeNull();
    },
  );

  test('leaves neither keys nor queries nor bodies in the log', async () => {
    await api.get('/api/v1/events?q=hush-query');
    await api.post('/api/v1/sources/main/pause', { reason: 'hush-body' });
    await api.call('GET', '/api/v1/stats', { headers: { authorization: 'Bearer hush-key' } });
    expect(api.lines.length).toBeGreaterThan(2);
    expect(api.lines.join('')).not.toMatch(/hush|the-admin-key/);
  });
});
