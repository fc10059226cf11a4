// Whose trace a push goes on in, on a real socket. Where spans go is played by a fake of our port.
import { trace } from '@opentelemetry/api';
import { Secret } from '../../src/config';
import type { SpanToMake, Tracing } from '../../src/tracing';
import { openTestStore, type TestStore } from '../support/stores';
import { MAIN, PUSH_ONLY, startApi, type RunningApi } from './running-api';

const PATH = '/api/v1/webhooks/receive';
const parent = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', flags: 1 };
const traceparent = `00-${parent.traceId}-${parent.spanId}-01`;
const push = { apiKey: new Secret('push-key'), apiKeyHeader: 'x-api-key', basic: null };

let store: TestStore;
let api: RunningApi;
let made: SpanToMake[];

beforeAll(async () => {
  store = await openTestStore('pglite');
  const tracing: Tracing = {
    within: (wanted, work) => {
      made.push(wanted);
      return work(trace.wrapSpanContext({ traceId: '', spanId: '', traceFlags: 0 }));
    },
    here: () => null,
    ended: () => undefined,
    stop: () => Promise.resolve(),
  };
  const sources = [
    { ...MAIN, push },
    { ...PUSH_ONLY, push },
  ];
  api = await startApi({ store, tracing, sources });
}, 60_000);
beforeEach(() => {
  made = [];
});
afterAll(async () => {
  await api.close();
  await store.close();
});

const send = (authorization: string, path = PATH) =>
  api.call('POST', path, { body: { test: true }, headers: { authorization, traceparent } });

test("with credentials it goes on in its caller's, by the template of its path", async () => {
  await send('Bearer push-key');
  await send('Bearer push-key', `${PATH}/shop`);
  expect(made).toMatchObject([
    { name: 'receive', parent, attributes: { 'http.route': PATH } },
    { name: 'receive', parent, attributes: { 'http.route': `${PATH}/:source` } },
  ]);
});

test.each([
  ['no credentials', '', PATH],
  ['wrong ones', 'Bearer another', PATH],
  ['a path of no source', 'Bearer push-key', `${PATH}/nobody`],
])('with %s nothing is recorded of it', async (_, authorization, path) => {
  expect((await send(authorization, path)).status).toBeGreaterThanOrEqual(401);
  expect(made).toEqual([]);
});
