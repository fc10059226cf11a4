// The feed over WebSocket: who gets in, what is said, places, and what a wrong message is told.
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { createIntake } from '../../src/intake/accept';
import { eventually } from '../support/bridge';
import { anArrival, aSource } from '../support/builders';
import { describeOnBothEngines, type TestStore } from '../support/stores';
import { ADMIN_KEY, startApi, type RunningApi } from './running-api';

interface Said {
  readonly type: string;
  readonly id?: number;
  readonly event?: Record<string, unknown>;
  readonly message?: string;
  readonly last_event_id?: number;
}

describeOnBothEngines('the live WebSocket', (open) => {
  let store: TestStore;
  let api: RunningApi;
  let next = 0;
  const clients: WebSocket[] = [];
  const WITH_KEY = { authorization: `Bearer ${ADMIN_KEY}` };

  beforeAll(async () => {
    store = await open();
    api = await startApi({ store }, { heartbeatMs: 100, slowMs: 60_000 });
  }, 60_000);
  beforeEach(() => store.empty());
  afterEach(() => {
    for (const client of clients.splice(0)) client.terminate();
  });
  afterAll(async () => {
    await api.close();
    await store.close();
  });

  async function connect(headers: Record<string, string> = WITH_KEY, to = api) {
    const client = new WebSocket(`${to.url.replace('http', 'ws')}/api/v1/events/ws`, { headers });
    clients.push(client);
    const said: Said[] = [];
    client.on('message', (data: Buffer) => said.push(JSON.parse(data.toString()) as Said));
    const closed = once(client, 'close').then(([code]: number[]) => code);
    await once(client, 'open');
    return {
      client,
      said,
      closed,
      say: (message: unknown) => {
        client.send(typeof message === 'string' ? message : JSON.stringify(message));
      },
      answers: (count: number) =>
        eventually(() => {
          // Between them the heart beats, and may tell the place.
          const heard = said.filter(({ type }) => type !== 'place');
          expect(heard.length).toBeGreaterThanOrEqual(count);
          return heard.at(-1)!;
        }),
      ids: () => said.flatMap(({ type, id }) => (type === 'event' ? [id] : [])),
    };
  }
  const accept = async (model: string, n = 1) => {
    const arrivals = Array.from({ length: n }, () =>
      anArrival({ eventId: String(++next), recordId: next, model }),
    );
    await createIntake(store.db, store.inboxBell.ring).accept(aSource(), 'push', arrivals, null);
  };

  test('a subscriber gets what it asked for, from its place on, in order', async () => {
    await accept('sale.order', 2);
    await accept('res.partner', 2);
    const { say, said, ids } = await connect();
    say({ type: 'subscribe', models: ['sale.*'], last_event_id: 1 });
    await eventually(() => {
      expect(ids()).toEqual([2]);
    });
    expect(said[0]).toEqual({ type: 'subscribed', models: ['sale.*'], last_event_id: 1 });
    await accept('res.partner');
    await accept('sale.order.line');
    await eventually(() => {
      expect(ids()).toEqual([2, 6]);
    });
    expect(said.find(({ id }) => id === 6)!.event).toMatchObject({
      seq: 6,
      type: 'odoo.sale_order_line.updated',
    });
  });

  test('without a place it begins now; further models join where it is', async () => {
    await accept('res.partner', 3);
    const { say, said, answers, ids } = await connect();
    say({ type: 'subscribe', models: ['res.partner'] });
    expect(await answers(1)).toEqual({ type: 'subscribed', models: ['res.partner'], last_event_id: 3 });
    await accept('res.partner', 2);
    await eventually(() => {
      expect(ids()).toEqual([4, 5]);
    });
    say({ type: 'subscribe', models: ['sale.order'] });
    await eventually(() => {
      expect(said).toContainEqual({
        type: 'subscribed',
        models: ['res.partner', 'sale.order'],
        last_event_id: 5,
      });
    });
    say({ type: 'unsubscribe', models: ['res.partner'] });
    await eventually(() => {
      expect(said).toContainEqual({ type: 'subscribed', models: ['sale.order'], last_event_id: 5 });
    });
    await accept('res.partner');
    await accept('sale.order');
    await eventually(() => {
      expect(ids()).toEqual([4, 5, 7]);
    });
  });

  test('a pattern means only its star: _ and % are themselves', async () => {
    await accept('res_partner');
    await accept('resXpartner');
    await accept('res_partner.x');
    const { say, ids } = await connect();
    say({ type: 'subscribe', models: ['res_p*'], last_event_id: 0 });
    await eventually(() => {
      expect(ids()).toEqual([1, 3]);
    });
  });

  test('where nothing fits, the place moves on all the same', async () => {
    const { say, said, answers } = await connect();
    say({ type: 'subscribe', models: ['sale.order'] });
    await answers(1);
    await accept('res.partner', 3);
    await eventually(() => {
      expect(said).toContainEqual({ type: 'place', last_event_id: 3 });
    });
  });

  test('a browser, which sends no header, says its key first', async () => {
    const { say, answers } = await connect({});
    say({ type: 'subscribe', models: ['*'] });
    expect(await answers(1)).toMatchObject({ type: 'error' });
    say({ type: 'auth', key: ADMIN_KEY });
    expect(await answers(2)).toEqual({ type: 'authenticated' });
    say({ type: 'subscribe', models: ['*'] });
    expect(await answers(3)).toMatchObject({ type: 'subscribed' });
  });

  test('a wrong key in a message ends the connection', async () => {
    const { say, said, closed } = await connect({});
    say({ type: 'auth', key: 'guessed' });
    expect(await closed).toBe(1008);
    expect(said).toEqual([{ type: 'error', message: 'the key is not the right one' }]);
  });

  test.each([
    ['no JSON', 'hello'],
    ['an unknown type', { type: 'publish' }],
    ['an unknown name', { type: 'subscribe', models: ['*'], from: 1 }],
    ['no models', { type: 'subscribe', models: [] }],
    ['a place that is none', { type: 'subscribe', models: ['*'], last_event_id: -1 }],
    ['a place beyond the end', { type: 'subscribe', models: ['*'], last_event_id: 99 }],
  ])('%s is told, and the next message is heard', async (_, message) => {
    const { say, answers } = await connect();
    say(message);
    expect(await answers(1)).toMatchObject({ type: 'error', message: expect.any(String) as unknown });
    say({ type: 'subscribe', models: ['*'] });
    expect(await answers(2)).toMatchObject({ type: 'subscribed', last_event_id: 0 });
  });

  test('a second place for one connection is refused', async () => {
    const { say, answers } = await connect();
    say({ type: 'subscribe', models: ['a'], last_event_id: 0 });
    await answers(1);
    say({ type: 'subscribe', models: ['b'], last_event_id: 0 });
    expect((await answers(2)).message).toContain('has a place already');
  });

  test('a message that is too large ends the connection, not the process', async () => {
    const { say, closed } = await connect();
    say('x'.repeat(100_000));
    expect(await closed).toBe(1009);
    expect((await api.get('/healthz')).status).toBe(200);
  });

  test('a client that answers no ping is dropped', async () => {
    const { client, closed } = await connect();
    client.pong = () => undefined;
    expect(await closed).toBe(1006);
  });

  test('a client that does not read is not read for, and gets all when it does', async () => {
    // Without pings: who is dropped for none of its own answers is another matter.
    const calm = await startApi({ store }, { heartbeatMs: 60_000 });
    const { client, say, answers, ids } = await connect(WITH_KEY, calm);
    say({ type: 'subscribe', models: ['*'] });
    await answers(1);
    client.pause();
    // Together more than the kernel's buffers take.
    for (let page = 0; page < 20; page += 1) await accept('a'.repeat(1_500), 250);
    await eventually(() => {
      expect(calm.waitingBytes()).toBeGreaterThan(0);
    });
    expect(calm.waitingBytes()).toBeLessThan(400_000);
    expect(calm.sentBytes()).toBeLessThan(5_000 * 3_000);
    client.resume();
    await eventually(() => {
      expect(ids()).toEqual(Array.from({ length: 5_000 }, (_, place) => place + 1));
    });
    await calm.close();
  }, 60_000);

  async function upgrade(path: string, headers: Record<string, string>, body = '', to = api) {
    const request = httpRequest(`${to.url}${path}`, {
      method: body === '' ? 'GET' : 'POST',
      headers: { connection: 'Upgrade', ...headers },
      agent: false,
    });
    request.end(body);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    let text = '';
    for await (const part of response.setEncoding('utf8')) text += String(part);
    return { status: response.statusCode, body: JSON.parse(text) as Record<string, unknown> };
  }
  const HANDSHAKE = {
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': Buffer.alloc(16).toString('base64'),
  };

  test.each([
    ['a wrong key', '/api/v1/events/ws', { ...HANDSHAKE, 'x-api-key': 'guessed' }, 401],
    ['a query', '/api/v1/events/ws?models=a', { ...HANDSHAKE, ...WITH_KEY }, 400],
    ['another path', '/api/v1/elsewhere', { ...HANDSHAKE, ...WITH_KEY }, 404],
    ['no WebSocket at all', '/api/v1/events/ws', { ...WITH_KEY, connection: 'close' }, 426],
  ])('%s is refused as over HTTP', async (_, path, headers, status) => {
    const answer = await upgrade(path, headers);
    expect(answer).toMatchObject({ status, body: { status, detail: expect.any(String) as unknown } });
  });

  test('a request that offers another protocol is answered as if it had not, body and all', async () => {
    const headers = { ...WITH_KEY, upgrade: 'h2c', 'http2-settings': 'AAMAAABkAAQAoAAAAAIAAAAA' };
    expect(await upgrade('/api/v1/processing/pause', headers, '{"reason":"h2c"}')).toEqual({
      status: 200,
      body: { state: 'paused', reason: 'h2c' },
    });
  });

  test('above its limit a process sends readers away, and its end sends all away', async () => {
    const small = await startApi({ store }, { maxReaders: 1 });
    const { closed } = await connect(WITH_KEY, small);
    expect((await upgrade('/api/v1/events/ws', { ...HANDSHAKE, ...WITH_KEY }, '', small)).status).toBe(503);
    await small.close();
    expect(await closed).toBe(1001);
  });
});
