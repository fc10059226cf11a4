// Certificates are verified: the authority and the name.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { sendInChild } from './child';
import { aSender, aWebhook, closeSenders } from './sending';
import { answering, startSubscriber, stopSubscribers } from './subscriber';

const tls = aCertificate('hook.example');
const lookup = () => Promise.resolve(['127.0.0.1']);

afterEach(async () => {
  await closeSenders();
  await stopSubscribers();
});

test('a certificate of a known authority, for this name, is accepted', async () => {
  const subscriber = await startSubscriber(answering(200), { tls });
  const sender = aSender({ lookup, ca: tls.cert });
  const result = await sender.send(aWebhook({ url: `https://hook.example:${subscriber.port}` }));
  expect(result).toMatchObject({ kind: 'sent' });
});

test('a certificate for another name is tls-failed', async () => {
  const subscriber = await startSubscriber(answering(200), { tls });
  const sender = aSender({ lookup, ca: tls.cert });
  const result = await sender.send(aWebhook({ url: `https://other.example:${subscriber.port}` }));
  expect(result).toMatchObject({ kind: 'retry', errorClass: 'tls-failed' });
  expect(subscriber.received).toHaveLength(0);
});

test('a self-signed certificate is tls-failed', async () => {
  const subscriber = await startSubscriber(answering(200), { tls });
  const result = await aSender({ lookup }).send(aWebhook({ url: `https://hook.example:${subscriber.port}` }));
  expect(result).toMatchObject({ kind: 'retry', errorClass: 'tls-failed' });
  expect(result.message).toContain('DEPTH_ZERO_SELF_SIGNED_CERT');
  expect(subscriber.received).toHaveLength(0);
});

test('NODE_TLS_REJECT_UNAUTHORIZED=0 does not change that', async () => {
  const subscriber = await startSubscriber(answering(200), { tls });
  const options = { env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } };
  const { stdout } = await sendInChild(aWebhook({ url: `https://127.0.0.1:${subscriber.port}` }), options);
  expect(JSON.parse(stdout)).toMatchObject([{ errorClass: 'tls-failed' }]);
  expect(subscriber.received).toHaveLength(0);
});

test('https to a server that speaks http is tls-failed', async () => {
  const subscriber = await startSubscriber(answering(200));
  const result = await aSender().send(aWebhook({ url: `https://127.0.0.1:${subscriber.port}` }));
  expect(result).toMatchObject({ kind: 'retry', errorClass: 'tls-failed' });
});

function aCertificate(name: string): { key: string; cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'jisr-tls-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
  execFileSync('openssl', ['req', ...kind, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const read = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  rmSync(folder, { recursive: true });
  return read;
}
