// Subscribers that are late, endless, broken or away. Must never wait for a fixed time: a deadline ends it.
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

import { aSender, aWebhook, closeSenders } from './sending';
import { answering, startSubscriber, stopSubscribers } from './subscriber';

afterEach(async () => {
  await closeSenders();
  await stopSubscribers();
});

test('a subscriber that never answers is given up at the deadline, and its connection closed', async () => {
  const subscriber = await startSubscriber(() => undefined);
  const result = await aSender().send(aWebhook({ url: subscriber.url, timeoutMs: 150 }));
  expect(result).toMatchObject({ kind: 'retry', errorClass: 'timeout', status: null, response: null });
  expect(result.message).toContain('0.15 s');
  await gone(subscriber.sockets[0]!);
});

test('an answer that drips is given up at the deadline, however often a byte comes', async () => {
  const subscriber = await startSubscriber((response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write('.'), 10);
    response.on('close', () => {
      clearInterval(timer);
    });
  });
  const result = await aSender().send(aWebhook({ url: subscriber.url, timeoutMs: 300 }));
  expect(result).toMatchObject({ kind: 'retry', errorClass: 'timeout', status: 200 });
  expect((result as { response: string }).response).toMatch(/^\.+$/);
  await gone(subscriber.sockets[0]!);
});

test('of an endless answer 2 kB are kept, and the connection is cut after some more', async () => {
  const subscriber = await startSubscriber((response) => {
    response.writeHead(200);
    const more = (): void => {
      while (!response.destroyed && response.write('x'.repeat(16_384)));
    };
    response.on('drain', more);
    more();
  });
  const result = await aSender().send(aWebhook({ url: subscriber.url }));
  expect(result).toMatchObject({ kind: 'sent', status: 200, response: 'x'.repeat(2_048) });
  await gone(subscriber.sockets[0]!);
});

test('the status of a refusal counts although its answer never ends', async () => {
  const subscriber = await startSubscriber((response) => {
    response.writeHead(410).write('gone for g');
  });
  const result = await aSender().send(aWebhook({ url: subscriber.url, timeoutMs: 200 }));
  expect(result).toMatchObject({ kind: 'gone', status: 410, response: 'gone for g' });
});

test('an answer in binary is kept as text that a database takes', async () => {
  const subscriber = await startSubscriber((response) => {
    response.end(Buffer.from([0x41, 0x00, 0xff, 0xd8, 0xb9]));
  });
  const result = await aSender().send(aWebhook({ url: subscriber.url }));
  expect(result).toMatchObject({ kind: 'sent', response: 'A\ufffd\ufffdع' });
});

test('nobody listens: connection-refused', async () => {
  const subscriber = await startSubscriber(answering(200));
  await subscriber.closed();
  const result = await aSender().send(aWebhook({ url: subscriber.url }));
  expect(result).toMatchObject({ kind: 'retry', errorClass: 'connection-refused', status: null });
  expect(result.message).toContain('ECONNREFUSED');
});

test.each([
  ['before an answer', 'connection-broken', null, ''],
  ['in its headers', 'connection-broken', null, 'HTTP/1.1 200 OK\r\ncontent-le'],
  ['in its body', 'connection-broken', 200, 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhal'],
  ['without HTTP', 'bad-answer', null, 'SSH-2.0-OpenSSH_9.6\r\n'],
])('a connection that ends %s is %s', async (_where, errorClass, status, bytes) => {
  const { port, close } = await rawServer((socket) => {
    socket.once('data', () => socket.end(bytes));
  });
  const result = await aSender().send(aWebhook({ url: `http://127.0.0.1:${port}` }));
  expect(result).toMatchObject({
    kind: 'retry',
    errorClass,
    status,
    response: status === null ? null : 'hal',
  });
  await close();
});

test('nobody listens on any address of a name: connection-refused', async () => {
  const subscriber = await startSubscriber(answering(200));
  await subscriber.closed();
  const lookup = () => Promise.resolve(['127.0.0.1', '127.0.0.2']);
  const result = await aSender({ lookup }).send(aWebhook({ url: `http://two.example:${subscriber.port}` }));
  expect(result).toMatchObject({ kind: 'retry', errorClass: 'connection-refused' });
});

test('a name that the system cannot look up is dns-failed', async () => {
  const result = await aSender().send(aWebhook({ url: 'http://nobody.invalid' }));
  expect(result).toMatchObject({ kind: 'retry', errorClass: 'dns-failed' });
});

test('a name without an address is dns-failed', async () => {
  const result = await aSender({ lookup: () => Promise.resolve([]) }).send(
    aWebhook({ url: 'http://a.example' }),
  );
  expect(result).toMatchObject({ kind: 'retry', errorClass: 'dns-failed' });
});

test('an unknown name is dns-failed', async () => {
  const lookup = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
  const result = await aSender({ lookup }).send(aWebhook({ url: 'http://nobody.example' }));
  expect(result).toMatchObject({ kind: 'retry', errorClass: 'dns-failed' });
});

test('a name server that does not answer ends at the deadline', async () => {
  const lookup = () => new Promise<never>(() => undefined);
  const sender = aSender({ lookup });
  const result = await sender.send(aWebhook({ url: 'http://slow.example', timeoutMs: 100 }));
  expect(result).toMatchObject({ kind: 'retry', errorClass: 'timeout' });
  expect(result.durationMs).toBeLessThan(5_000);
});

test('a delivery that waits for a free connection is given up at its own deadline, and never sent', async () => {
  const answers: (() => void)[] = [];
  const subscriber = await startSubscriber((response) => answers.push(() => response.end()));
  const sender = aSender();
  const url = subscriber.url;
  const busy = Array.from({ length: 16 }, () => sender.send(aWebhook({ url, id: 'msg_busy' })));
  const late = await sender.send(aWebhook({ url, id: 'msg_late', timeoutMs: 300 }));
  expect(late).toMatchObject({ kind: 'retry', errorClass: 'timeout', status: null });
  subscriber.behave(answering(200));
  for (const answer of answers) answer();
  expect((await Promise.all(busy)).map(({ kind }) => kind)).toEqual(Array(16).fill('sent'));
  expect(await sender.send(aWebhook({ url, id: 'msg_next' }))).toMatchObject({ kind: 'sent' });
  expect(subscriber.received.map(({ headers }) => headers['webhook-id'])).not.toContain('msg_late');
});

test('an abort from outside is thrown with its reason and cuts the connection', async () => {
  const stop = new AbortController();
  const subscriber = await startSubscriber(() => {
    stop.abort(new Error('worker shuts down'));
  });
  const sending = aSender().send(aWebhook({ url: subscriber.url, signal: stop.signal }));
  await expect(sending).rejects.toThrow('worker shuts down');
  await gone(subscriber.sockets[0]!);
});

test('one subscriber that hangs does not hold up another', async () => {
  const hanging = await startSubscriber(() => undefined);
  const quick = await startSubscriber(answering(200));
  const sender = aSender();
  const stop = new AbortController();
  const stuck = Array.from({ length: 40 }, () =>
    sender.send(aWebhook({ url: hanging.url, signal: stop.signal })).catch(() => 'aborted'),
  );
  expect(await sender.send(aWebhook({ url: quick.url }))).toMatchObject({ kind: 'sent' });
  stop.abort();
  expect(await Promise.all(stuck)).toEqual(Array(40).fill('aborted'));
});

async function gone(socket: Socket): Promise<void> {
  // Not events.once: that fails on the reset which is just what is waited for.
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
}

async function rawServer(onSocket: (socket: Socket) => void) {
  const server = createServer(onSocket);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}
