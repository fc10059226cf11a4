// What a subscriber's answer does to a delivery, over real sockets.
import { Webhook } from 'standardwebhooks';

import { newWebhookSecret } from '../../../src/channels/webhook/signature';
import { sendInChild } from './child';
import { aSender, aWebhook, closeSenders, SECRET } from './sending';
import { answering, startSubscriber, stopSubscribers } from './subscriber';

afterEach(async () => {
  await closeSenders();
  await stopSubscribers();
});

test('a delivery is a signed JSON POST that the reference library verifies', async () => {
  const subscriber = await startSubscriber(answering(200));
  const body = '{"type":"odoo.res_partner.updated","data":{"name":"شركة"}}';
  await aSender().send(aWebhook({ url: `${subscriber.url}/hook?team=a`, body }));
  const [request] = subscriber.received;
  expect(request).toMatchObject({
    method: 'POST',
    path: '/hook?team=a',
    headers: { 'content-type': 'application/json', 'user-agent': 'jisr/test', 'webhook-id': 'msg_1' },
    body,
  });
  const headers = request!.headers as Record<string, string>;
  expect(new Webhook(SECRET).verify(request!.body, headers)).toEqual(JSON.parse(body));
  expect(() => new Webhook(newWebhookSecret()).verify(request!.body, headers)).toThrow('No matching');
  expect(() => new Webhook(SECRET).verify(request!.body.replace('updated', 'deleted'), headers)).toThrow();
});

test.each([
  [200, 'OK'],
  [204, ''],
  [202, '{"queued":true}'],
])('%i is success, and the answer is kept', async (status, text) => {
  const subscriber = await startSubscriber(answering(status, text));
  expect(await aSender().send(aWebhook({ url: subscriber.url }))).toEqual({
    kind: 'sent',
    status,
    response: text,
    durationMs: expect.any(Number) as number,
    message: `${subscriber.url}: took the event (${status})`,
  });
});

test.each([
  [500, 'retry', 'server-error'],
  [503, 'retry', 'server-error'],
  [429, 'retry', 'rate-limited'],
  [408, 'retry', 'not-ready'],
  [409, 'retry', 'not-ready'],
  [425, 'retry', 'not-ready'],
  [400, 'refused', 'rejected'],
  [401, 'refused', 'rejected'],
  [404, 'refused', 'rejected'],
  [422, 'refused', 'rejected'],
  [304, 'refused', 'redirected'],
  [410, 'gone', 'gone'],
])('%i is %s, as %s', async (status, kind, errorClass) => {
  const subscriber = await startSubscriber(answering(status, status === 304 ? '' : 'why'));
  const result = await aSender().send(aWebhook({ url: `${subscriber.url}/token-in-path` }));
  expect(result).toMatchObject({ kind, errorClass, status, response: status === 304 ? '' : 'why' });
  expect(result.message).toContain(`(${status})`);
  expect(result.message).not.toMatch(/token-in-path|why/);
});

test('a wait in seconds that the subscriber asks for is passed on', async () => {
  const subscriber = await startSubscriber(answering(429, '', { 'retry-after': '120' }));
  const result = await aSender().send(aWebhook({ url: subscriber.url }));
  expect(result).toMatchObject({ kind: 'retry', retryAfterMs: 120_000 });
});

test('a wait until a date that the subscriber asks for is passed on', async () => {
  const atMs = Date.UTC(2026, 0, 5, 12, 0, 0);
  const date = new Date(atMs + 90_000).toUTCString();
  const subscriber = await startSubscriber(answering(503, '', { 'retry-after': date }));
  const result = await aSender({ nowMs: () => atMs }).send(aWebhook({ url: subscriber.url }));
  expect(result).toMatchObject({ kind: 'retry', retryAfterMs: 90_000 });
});

test.each([301, 302, 303, 307, 308])('a redirect (%i) is refused and nobody is called', async (status) => {
  const elsewhere = await startSubscriber(answering(200));
  const location = `${elsewhere.url}/secret-path`;
  const subscriber = await startSubscriber(answering(status, '', { location }));
  const result = await aSender().send(aWebhook({ url: subscriber.url }));
  expect(result).toMatchObject({ kind: 'refused', errorClass: 'redirected', status });
  expect(elsewhere.sockets).toHaveLength(0);
  expect(result.message).not.toContain('secret-path');
});

test('while secrets change, a receiver with either of them verifies', async () => {
  const subscriber = await startSubscriber(answering(200));
  const [newer, older] = [newWebhookSecret(), newWebhookSecret()];
  await aSender().send(aWebhook({ url: subscriber.url, secrets: [newer, older] }));
  const headers = subscriber.received[0]!.headers as Record<string, string>;
  const { body } = subscriber.received[0]!;
  expect(headers['webhook-signature']!.split(' ')).toHaveLength(2);
  for (const secret of [newer, older]) expect(new Webhook(secret).verify(body, headers)).toBeDefined();
  const sentAt = new Date(Number(headers['webhook-timestamp']) * 1000);
  const newest = new Webhook(newer).sign('msg_1', sentAt, body);
  expect(headers['webhook-signature']!.startsWith(`${newest} `)).toBe(true);
});

test.each(['', 'not a url', 'ftp://example.com/', 'file:///etc/passwd', 'http://user:pass@example.com/'])(
  'the address "%s" is refused',
  async (url) => {
    const result = await aSender().send(aWebhook({ url }));
    expect(result).toMatchObject({ kind: 'refused', errorClass: 'invalid-url', status: null });
    expect(result.message).not.toContain('pass@');
  },
);

test('a delivery without a secret, or with a malformed one, is a mistake of the caller and not sent', async () => {
  const subscriber = await startSubscriber(answering(200));
  const { url } = subscriber;
  await expect(aSender().send(aWebhook({ url, secrets: [] }))).rejects.toThrow('needs a secret');
  const short = aSender().send(aWebhook({ url, secrets: ['whsec_abcd'] }));
  await expect(short).rejects.toThrow(/^(?!.*abcd).*24 to 64 bytes/);
  expect(subscriber.received).toHaveLength(0);
});

test('connections serve delivery after delivery', async () => {
  const subscriber = await startSubscriber(answering(500, 'x'.repeat(10_000)));
  const sender = aSender();
  for (let round = 0; round < 20; round += 1) await sender.send(aWebhook({ url: subscriber.url }));
  expect(subscriber.received).toHaveLength(20);
  // A connection is free again a moment after its answer was read, so there may be a second one.
  expect(subscriber.sockets.length).toBeLessThanOrEqual(2);
});

test('at most 16 connections are opened to one subscriber', async () => {
  const subscriber = await startSubscriber(answering(200));
  const sender = aSender();
  const all = Array.from({ length: 60 }, () => sender.send(aWebhook({ url: subscriber.url })));
  expect((await Promise.all(all)).map(({ kind }) => kind)).toEqual(Array(60).fill('sent'));
  expect(subscriber.sockets.length).toBeLessThanOrEqual(16);
});

test('many deliveries under one signal raise no warning', async () => {
  const subscriber = await startSubscriber(answering(200));
  const { stdout, stderr } = await sendInChild(aWebhook({ url: subscriber.url }), { times: 30 });
  expect(JSON.parse(stdout)).toHaveLength(30);
  expect(stderr).toBe('');
});
