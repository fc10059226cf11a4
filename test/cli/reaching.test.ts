// What the command line says when it does not reach the bridge, or the bridge does not want it.
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '../../src/cli/client';
import { jisr } from './at-terminal';

const closing: (() => Promise<void>)[] = [];
const seen: IncomingHttpHeaders[] = [];
let folder: string;

beforeEach(() => {
  seen.length = 0;
  folder = mkdtempSync(join(tmpdir(), 'jisr-cli-'));
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  rmSync(folder, { recursive: true });
});

async function serve(answer: RequestListener, host = '127.0.0.1'): Promise<string> {
  const server = createServer((request, response) => {
    seen.push(request.headers);
    answer(request, response);
  });
  server.listen(0, host);
  await once(server, 'listening');
  closing.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return `http://${host}:${(server.address() as AddressInfo).port}`;
}

const refuses: RequestListener = (_, response) => {
  const problem = { type: 'about:blank', title: 'Unauthorized', status: 401, detail: 'no key was sent' };
  response.writeHead(401, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem));
};
const empty: RequestListener = (_, response) => {
  response.end('{"events":[],"next":null}');
};

test('nobody listens: is Jisr running?', async () => {
  const url = await serve(empty);
  for (const close of closing.splice(0)) await close();
  const { code, err } = await jisr('events list', { url, key: 'k' });
  expect(code).toBe(1);
  expect(err).toMatch(/nobody listens there\. Is Jisr running\?.*`jisr start`.*JISR_URL/);
});

test('https where http is spoken is told so', async () => {
  const url = await serve(empty);
  const { code, err } = await jisr('events list', { url: url.replace('http:', 'https:'), key: 'k' });
  expect(code).toBe(1);
  expect(err).toMatch(/does not speak TLS \(is it http:\/\/ there\?\)/);
});

test('a path in JISR_URL that is not there is told', async () => {
  const detail = 'there is nothing at /api/v1/api/v1/stats';
  const url = await serve((_, response) => {
    response.writeHead(404).end(JSON.stringify({ status: 404, detail }));
  });
  expect((await jisr('stats', { url: `${url}/api/v1`, key: 'k' })).err).toMatch(
    /take \/api\/v1 off JISR_URL/,
  );
});

test('no such host: check JISR_URL', async () => {
  const { code, err } = await jisr('events list', { url: 'http://nobody.invalid', key: 'k' });
  expect(code).toBe(1);
  expect(err).toMatch(/no such host|name server.*JISR_URL/);
});

test('a wrong key is told as wrong, a missing one as missing, each with where the right one is', async () => {
  const url = await serve(refuses);
  expect((await jisr('stats', { url, key: 'wrong' })).err).toMatch(
    /^the key is not that of this Jisr.*data\/admin-key/,
  );
  expect((await jisr('stats', { url })).err).toMatch(/^no key was sent.*JISR_API_KEY/);
});

test('the key is never shown', async () => {
  const url = await serve(refuses);
  const said = await jisr('stats', { url, key: 'hush-hush' });
  expect(JSON.stringify(said)).not.toContain('hush-hush');
});

describe('without JISR_API_KEY', () => {
  beforeEach(() => {
    mkdirSync(join(folder, 'data'));
    writeFileSync(join(folder, 'data', 'admin-key'), 'kept\n');
  });

  test('the key of the data folder is used, and said', async () => {
    const url = await serve(empty);
    const { code, err } = await jisr('events list', { url, workingFolder: folder });
    expect(code).toBe(0);
    expect(err).toContain(`using the key of ${join(folder, 'data', 'admin-key')}`);
    expect(seen[0]?.authorization).toBe('Bearer kept');
  });

  test('in JSON nothing stands beside the answer', async () => {
    const url = await serve(empty);
    expect(await jisr('events list -o json', { url, workingFolder: folder })).toMatchObject({
      code: 0,
      err: '',
    });
  });

  test('it goes to no other machine', async () => {
    const url = (await serve(empty, '0.0.0.0')).replace('0.0.0.0', '[::ffff:127.0.0.1]');
    await jisr('events list', { url, workingFolder: folder });
    expect(seen[0]?.authorization).toBeUndefined();
  });

  test('JISR_API_KEY_FILE comes first', async () => {
    writeFileSync(join(folder, 'mine'), 'mine');
    const url = await serve(empty);
    await jisr('events list', { url, workingFolder: folder, env: { JISR_API_KEY_FILE: 'mine' } });
    expect(seen[0]?.authorization).toBe('Bearer mine');
  });

  test('the key of the configuration counts where it is set', async () => {
    const url = await serve(empty);
    await jisr('events list', { url, workingFolder: folder, env: { JISR_ADMIN_KEY: 'configured' } });
    expect(seen[0]?.authorization).toBe('Bearer configured');
  });
});

test.each([
  ['a login page', '<html>Sign in</html>', 200],
  ['an empty list', '[]', 200],
  ["a proxy's error", '<html>Bad Gateway</html>', 502],
])('%s is not taken for Jisr', async (_, body, status) => {
  const url = await serve((_request, response) => {
    response.writeHead(status).end(body);
  });
  const { code, err } = await jisr('events list', { url, key: 'k' });
  expect(code).toBe(1);
  expect(err).toMatch(/not Jisr's .*JISR_URL/);
});

test('an answer in another form is told, and --output json shows it', async () => {
  const url = await serve((_request, response) => {
    response.end('{"events":[{"key":17}],"next":null}');
  });
  expect((await jisr('events list', { url, key: 'k' })).err).toMatch(/one version.*--output json/);
  expect((await jisr('events list -o json', { url, key: 'k' })).out).toContain('"key": 17');
});

test('a redirect is not followed: the key would go along', async () => {
  const target = await serve(empty);
  const url = await serve((_request, response) => {
    response.writeHead(302, { location: `${target}/login` }).end();
  });
  const { code, err } = await jisr('events list', { url, key: 'k' });
  expect(code).toBe(1);
  expect(err).toContain(`leads on to ${target}`);
  expect(seen).toHaveLength(1);
});

test('who does not answer is given up after the limit', async () => {
  const url = await serve(() => undefined);
  const client = createClient({ url, key: null, userAgent: 'test', timeoutMs: 50 });
  await expect(client.get('/api/v1/stats')).rejects.toThrow(/no answer within 0 s: see that it is up/);
});

test('Ctrl-C ends what waits, with 130', async () => {
  const stop = new AbortController();
  const url = await serve(() => {
    stop.abort();
  });
  expect(await jisr('stats', { url, key: 'k', enough: stop.signal })).toMatchObject({ code: 130 });
});

test('a JISR_URL that is none is wrong usage', async () => {
  expect(await jisr('stats', { url: 'localhost:8080' })).toMatchObject({
    code: 2,
    err: expect.stringContaining('JISR_URL') as unknown,
  });
});
