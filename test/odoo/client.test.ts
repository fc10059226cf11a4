// The client against a server that misbehaves, over real sockets: lateness, size, redirects, broken connections.
// Must never wait for a fixed time: every test ends by what happens on the socket.

import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';

import { Agent, errors } from 'undici';

import { createOdooClient, type OdooClient, type OdooClientOptions } from '../../src/odoo/client';
import type { OdooFailureCode, OdooReply } from '../../src/domain/failure';
import { transportFailure } from '../../src/odoo/transport-failure';
import { startReplayServer, type ReplayServer } from './replay-server';

const API_KEY = 'lab-key-0123456789';
const EMPTY_PAGE = { success: true, events: [], last_id: 5, has_more: false, count: 0 };
const FIRST = { lastEventId: 0, limitRows: 100 };

let odoo: ReplayServer;
const clients: OdooClient[] = [];

const aClient = (options: Partial<OdooClientOptions> = {}): OdooClient => {
  const client = createOdooClient({ baseUrl: odoo.url, apiKey: API_KEY, ...options });
  clients.push(client);
  return client;
};

const aFailure = (code: OdooFailureCode, message: string) => ({
  kind: 'failed',
  failure: { code, message: expect.stringContaining(message) as string },
});

beforeEach(async () => {
  odoo = await startReplayServer({ status: 200, body: EMPTY_PAGE });
});

afterEach(async () => {
  await odoo.close();
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

describe('what the client sends', () => {
  test('a pull is a JSON POST with the key as X-API-Key, never as Bearer', async () => {
    await aClient().pull({ lastEventId: 41, limitRows: 500 });
    expect(odoo.received).toEqual([
      {
        method: 'POST',
        url: '/api/webhooks/pull',
        headers: expect.objectContaining({
          'x-api-key': API_KEY,
          'content-type': 'application/json',
        }) as unknown,
        body: '{"last_event_id":41,"limit":500}',
      },
    ]);
    expect(odoo.received[0]?.headers).not.toHaveProperty('authorization');
  });

  test('marking sends the ids as integers', async () => {
    odoo.behave({ status: 200, body: { success: true, processed_count: 2 } });
    expect(await aClient().markProcessed([7, 9])).toEqual({ kind: 'ok', value: { sent: 2 } });
    expect(odoo.received).toMatchObject([
      { url: '/api/webhooks/mark-processed', body: '{"event_ids":[7,9]}' },
    ]);
  });

  test('marking nothing asks nothing, since Odoo refuses an empty list', async () => {
    expect(await aClient().markProcessed([])).toEqual({ kind: 'ok', value: { sent: 0 } });
    expect(odoo.received).toEqual([]);
  });

  test('health sends no key', async () => {
    odoo.behave({ status: 200, body: { status: 'healthy', pending_events: 3 } });
    expect(await aClient().health()).toEqual({ kind: 'ok', value: { pendingEvents: 3, atMs: null } });
    expect(odoo.received).toMatchObject([{ method: 'GET', url: '/api/webhooks/health', body: '' }]);
    expect(odoo.received[0]?.headers).not.toHaveProperty('x-api-key');
  });

  test('the base URL may have a path and a trailing slash', async () => {
    await aClient({ baseUrl: `${odoo.url}/erp/` }).pull(FIRST);
    await aClient({ baseUrl: `${odoo.url}/` }).pull(FIRST);
    expect(odoo.received.map((request) => request.url)).toEqual([
      '/erp/api/webhooks/pull',
      '/api/webhooks/pull',
    ]);
  });

  test('connections are kept for the next calls', async () => {
    const client = aClient();
    for (let call = 0; call < 10; call += 1) await client.pull(FIRST);
    // Two, because the pool may look for a free one a moment before the last call lets go of its own.
    expect(odoo.connections()).toBeLessThanOrEqual(2);
  });
});

describe('a mistake of the caller is thrown, and nothing is sent', () => {
  test.each([0, -1, 1001, 1.5, NaN])('a limit of %d', async (limitRows) => {
    await expect(aClient().pull({ lastEventId: 0, limitRows })).rejects.toThrow(RangeError);
    expect(odoo.received).toEqual([]);
  });

  test.each([-1, 0.5])('a cursor of %d', async (lastEventId) => {
    await expect(aClient().pull({ lastEventId, limitRows: 1 })).rejects.toThrow(RangeError);
  });

  test.each([0, -1, 1.5])('an id of %d among those to mark', async (id) => {
    await expect(aClient().markProcessed([6, id])).rejects.toThrow(RangeError);
    expect(odoo.received).toEqual([]);
  });

  test.each(['odoo:8069', 'ftp://odoo', 'not a url', ''])('%j as base URL', (baseUrl) => {
    expect(() => aClient({ baseUrl })).toThrow('ODOO_URL');
  });

  test('a password in the base URL, which is not repeated', () => {
    expect(() => aClient({ baseUrl: 'http://admin:hunter2@odoo' })).toThrow(/^(?!.*hunter2).*ODOO_URL/);
  });

  test.each(['', 'two\nlines', 'مفتاح'])('%j as key, which is not repeated', (apiKey) => {
    expect(() => aClient({ apiKey })).toThrow('ODOO_API_KEY is empty or holds characters');
  });
});

describe('an answer that cannot be used', () => {
  const asked = async (status: number, body: unknown, headers = {}): Promise<OdooReply<unknown>> => {
    odoo.behave({ status, body, headers });
    return aClient().pull(FIRST);
  };

  test('a redirect is not followed, and its target is named without its query', async () => {
    const reply = await asked(302, '', { location: 'https://odoo.example/web/login?token=secret' });
    expect(reply).toMatchObject(
      aFailure('odoo-redirected', '"https://odoo.example/web/login"; set ODOO_URL'),
    );
    expect(odoo.received).toHaveLength(1);
  });

  test('a redirect to nowhere is one too', async () => {
    expect(await asked(308, '')).toMatchObject(aFailure('odoo-redirected', 'nowhere'));
  });

  test('a refused key names its setting', async () => {
    const reply = await asked(401, { error: true, message: 'Authentication required' });
    expect(reply).toMatchObject(aFailure('odoo-key-refused', 'ODOO_API_KEY'));
  });

  test('an error inside a success is an outage, though it says success and proposes a cursor', async () => {
    const reply = await asked(200, { ...EMPTY_PAGE, error: 'canceling statement due to user request\n' });
    expect(reply).toMatchObject(
      aFailure('odoo-error-in-answer', '"canceling statement due to user request"'),
    );
  });

  test.each([
    [{ ...EMPTY_PAGE, error: '' }],
    [{ ...EMPTY_PAGE, error: true }],
    [{ ...EMPTY_PAGE, success: false }],
  ])('so is %j', async (body) => {
    expect(await asked(200, body)).toMatchObject(aFailure('odoo-error-in-answer', 'error inside'));
  });

  test('an error of `false` is none, as everywhere in Odoo', async () => {
    expect(await asked(200, { ...EMPTY_PAGE, error: false })).toMatchObject({ kind: 'ok' });
  });

  test('a page of werkzeug means the database, a page of Odoo or of a proxy means the address', async () => {
    const titled = (title: string, rest = ''): string => `<!doctype html>\n<title>${title}</title>\n${rest}`;
    expect(await asked(404, titled('404 Not Found'))).toMatchObject(
      aFailure('odoo-database-down', 'database'),
    );
    for (const page of [
      titled('Odoo'),
      titled('404 Not Found', '<hr><center>nginx/1.27</center>'),
      titled('404 Not Found', '<address>Apache/2.4</address>'),
      '',
    ]) {
      const reply = await asked(404, page);
      expect(reply).toMatchObject(
        aFailure('odoo-addon-missing', 'check ODOO_URL, and that the addon auto_webhook'),
      );
    }
  });

  test('a web page with status 200 is named by its title', async () => {
    const reply = await asked(200, '<html><head><title> Sign in </title></head></html>');
    expect(reply).toMatchObject(aFailure('odoo-wrong-shape', 'a web page titled "Sign in"'));
  });

  test.each(['', '[]', 'null', '{"events": [', '"text"'])('%j is no answer', async (body) => {
    expect(await asked(200, body)).toMatchObject(aFailure('odoo-wrong-shape', 'not a JSON object'));
  });

  test('marking is believed only with `success`', async () => {
    odoo.behave({ status: 200, body: { processed_count: 1 } });
    expect(await aClient().markProcessed([1])).toMatchObject(aFailure('odoo-wrong-shape', 'success'));
  });

  test('health without a status is none', async () => {
    odoo.behave({ status: 200, body: { hello: 'world' } });
    expect(await aClient().health()).toMatchObject(aFailure('odoo-wrong-shape', 'status'));
  });

  test('health tells the time by the clock of Odoo, which has no zone and is of UTC', async () => {
    odoo.behave({ status: 200, body: { status: 'healthy', timestamp: '2026-11-24T02:09:15.357133' } });
    expect(await aClient().health()).toMatchObject({
      value: { atMs: Date.UTC(2026, 10, 24, 2, 9, 15, 357) },
    });
  });

  test('health may leave out how much is pending', async () => {
    odoo.behave({ status: 200, body: { status: 'healthy' } });
    expect(await aClient().health()).toEqual({ kind: 'ok', value: { pendingEvents: null, atMs: null } });
  });

  test('the words of Odoo are cut, and a key echoed in them is struck out', async () => {
    const reply = await asked(500, { error: true, message: `bad ${API_KEY} ${'x'.repeat(10_000)}` });
    expect(reply).toMatchObject(aFailure('odoo-server-error', 'bad *** xxx'));
    if (reply.kind === 'ok') return;
    expect(reply.failure.message.length).toBeLessThan(450);
  });
});

describe('an answer larger than allowed', () => {
  test('is not read when it announces itself', async () => {
    odoo.behave({ status: 200, body: EMPTY_PAGE });
    const reply = await aClient({ maxAnswerBytes: 20 }).pull(FIRST);
    expect(reply).toMatchObject(
      aFailure('odoo-answer-too-large', 'larger than 20 bytes: lower ODOO_PULL_LIMIT'),
    );
  });

  test('is cut off while it streams, and the connection with it', async () => {
    let gone: Promise<unknown> = Promise.resolve();
    odoo.behave((response) => {
      gone = once(response, 'close');
      const pour = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', pour);
      pour();
    });
    const reply = await aClient({ maxAnswerBytes: 200_000 }).pull(FIRST);
    expect(reply).toMatchObject(aFailure('odoo-answer-too-large', 'ODOO_PULL_LIMIT'));
    await gone;
  });

  test('does not spoil the next call', async () => {
    const client = aClient({ maxAnswerBytes: 200 });
    odoo.behave({ status: 200, body: { ...EMPTY_PAGE, filler: 'x'.repeat(1000) } });
    await client.pull(FIRST);
    odoo.behave({ status: 200, body: EMPTY_PAGE });
    expect(await client.pull(FIRST)).toMatchObject({ kind: 'ok' });
  });
});

describe('an answer that does not come', () => {
  const silence = (): void => undefined;
  const half = (response: ServerResponse): void => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('{"success": true');
  };

  test('is a timeout when Odoo says nothing', async () => {
    odoo.behave(silence);
    const reply = await aClient({ timeouts: { readMs: 50 } }).pull(FIRST);
    expect(reply).toMatchObject({ kind: 'failed', failure: { code: 'odoo-timeout' } });
  });

  test('is a timeout when Odoo falls silent in the middle', async () => {
    odoo.behave(half);
    const reply = await aClient({ timeouts: { readMs: 50 } }).markProcessed([1]);
    expect(reply).toMatchObject({ kind: 'failed', failure: { code: 'odoo-timeout' } });
  });

  test('is a timeout when it drips for ever', async () => {
    odoo.behave((response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write(' '), 10);
      response.on('close', () => {
        clearInterval(drip);
      });
    });
    const reply = await aClient({ timeouts: { readMs: 500 } }).pull(FIRST);
    expect(reply).toMatchObject(aFailure('odoo-timeout', 'not complete after 1 s'));
  });

  test('is waited for less long by health', async () => {
    odoo.behave(silence);
    const reply = await aClient({ timeouts: { healthMs: 50 } }).health();
    expect(reply).toMatchObject({ kind: 'failed', failure: { code: 'odoo-timeout', httpStatus: null } });
  });

  test('is a broken connection when Odoo hangs up in the middle', async () => {
    odoo.behave((response) => {
      half(response);
      response.socket?.resetAndDestroy();
    });
    expect(await aClient().pull(FIRST)).toMatchObject(aFailure('odoo-unreachable', 'broke off'));
  });

  test('is a broken connection when Odoo hangs up at once', async () => {
    odoo.behave((response) => response.socket?.destroy());
    expect(await aClient().pull(FIRST)).toMatchObject(aFailure('odoo-unreachable', 'broke off'));
  });

  test('is an abort when the caller gives up waiting', async () => {
    odoo.behave(silence);
    const arrived = odoo.nextRequest();
    const caller = new AbortController();
    const reply = aClient().pull(FIRST, caller.signal);
    await arrived;
    caller.abort(new Error('shutting down'));
    await expect(reply).rejects.toThrow('shutting down');
  });

  test('is an abort at once while the connection is not there yet', async () => {
    const connecting = new Agent({ connect: () => undefined });
    const caller = new AbortController();
    const pulling = aClient({ dispatcher: connecting }).pull(FIRST, caller.signal);
    caller.abort(new Error('shutting down'));
    await expect(pulling).rejects.toThrow('shutting down');
    await connecting.destroy();
  });

  test('is an abort when the caller gives up in the middle of it', async () => {
    odoo.behave(half);
    const arrived = odoo.nextRequest();
    const caller = new AbortController();
    const reply = aClient().markProcessed([1], caller.signal);
    await arrived;
    caller.abort();
    await expect(reply).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('is not asked for when the caller had given up before', async () => {
    await expect(aClient().health(AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
    expect(odoo.received).toEqual([]);
  });
});

describe('a connection that cannot be made', () => {
  test('names the address where nobody listens', async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    free.close();
    await once(free, 'close');
    const reply = await aClient({ baseUrl: `http://127.0.0.1:${port}` }).health();
    expect(reply).toMatchObject(
      aFailure('odoo-unreachable', `http://127.0.0.1:${port}: nobody listens there`),
    );
  });

  test('says that the other side does not speak HTTP', async () => {
    const ssh = createServer((socket) => socket.on('error', () => undefined).end('SSH-2.0-OpenSSH_9.2\r\n'));
    ssh.listen(0, '127.0.0.1');
    await once(ssh, 'listening');
    const { port } = ssh.address() as AddressInfo;
    const reply = await aClient({ baseUrl: `http://127.0.0.1:${port}` }).health();
    ssh.close();
    expect(reply).toMatchObject(aFailure('odoo-unreachable', 'does not speak HTTP'));
  });

  test('says that the other side does not speak TLS', async () => {
    const reply = await aClient({ baseUrl: odoo.url.replace('http:', 'https:') }).health();
    expect(reply).toMatchObject(aFailure('odoo-unreachable', 'TLS failed'));
  });

  const ORIGIN = 'https://odoo.example';
  const coded = (code: string, more = {}): Error => Object.assign(new Error(code), { code, ...more });

  test.each<[string, Error, OdooFailureCode, string]>([
    ['a connection too slow', new errors.ConnectTimeoutError(), 'odoo-timeout', 'the firewall'],
    ['a silent Odoo', new errors.HeadersTimeoutError(), 'odoo-timeout', 'a table is locked'],
    ['an answer that stops', new errors.BodyTimeoutError(), 'odoo-timeout', 'stopped coming'],
    ['an unknown host', coded('ENOTFOUND'), 'odoo-unreachable', 'no such host'],
    ['a silent name server', coded('EAI_AGAIN'), 'odoo-unreachable', 'DNS'],
    ['a missing route', coded('EHOSTUNREACH'), 'odoo-unreachable', 'no route'],
    ['an expired certificate', coded('CERT_HAS_EXPIRED'), 'odoo-unreachable', 'certificate'],
    [
      'an unknown authority',
      coded('UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
      'odoo-unreachable',
      'NODE_EXTRA_CA_CERTS',
    ],
    [
      'another error of the system',
      coded('ENETDOWN', { syscall: 'connect' }),
      'odoo-unreachable',
      'ENETDOWN',
    ],
  ])('says what to check about %s', (_, error, code, message) => {
    expect(transportFailure(error, ORIGIN)).toMatchObject(aFailure(code, message));
  });

  test.each([
    new errors.InvalidArgumentError('a bug'),
    new TypeError('a bug'),
    coded('ERR_INVALID_ARG_TYPE'),
    'text',
  ])('leaves %s to be thrown', (error) => {
    expect(transportFailure(error, ORIGIN)).toBeNull();
  });
});

test('a dispatcher from outside is used, and stays open when the client closes', async () => {
  const agent = new Agent();
  const client = createOdooClient({ baseUrl: odoo.url, apiKey: API_KEY, dispatcher: agent });
  expect(await client.pull(FIRST)).toMatchObject({ kind: 'ok' });
  await client.close();
  expect(agent.closed).toBe(false);
  await agent.close();
});
