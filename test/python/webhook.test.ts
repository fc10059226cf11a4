// Webhooks as they left our socket, verified in Python by the reference library. Needs python3 and PyPI, so it
// runs by `npm run test:python` only.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { webhookBody } from '../../src/channels/webhook/body';
import { deliveryId } from '../../src/store/deliveries/delivery-id';
import { newWebhookSecret } from '../../src/channels/webhook/signature';
import { aSender, closeSenders } from '../channels/webhook/sending';
import { answering, startSubscriber, stopSubscribers } from '../channels/webhook/subscriber';

const SCRIPT = join(__dirname, '../../scripts/verify-webhook.py');
const folder = mkdtempSync(join(tmpdir(), 'jisr-python-'));
const python = join(folder, 'bin', 'python');
const [secret, olderSecret] = [newWebhookSecret(), newWebhookSecret()];

interface Webhook {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}
let sent: Webhook;

beforeAll(async () => {
  execFileSync('python3', ['-m', 'venv', folder]);
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', 'standardwebhooks==1.1.0']);
  sent = await aWebhookFromTheWire();
}, 300_000);

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('a webhook is verified', () => {
  expect(verify(sent, secret)).toEqual({ refused: false, event: JSON.parse(sent.body) as unknown });
});

test('a webhook is verified with the older secret while both sign', () => {
  expect(verify(sent, olderSecret)).toMatchObject({ refused: false });
});

test('another secret is refused', () => {
  expect(verify(sent, newWebhookSecret())).toEqual({ refused: true });
});

test('a tampered body is refused', () => {
  expect(verify({ ...sent, body: sent.body.replace('"write"', '"unlink"') }, secret)).toEqual({
    refused: true,
  });
});

test.each([
  ['webhook-id', () => deliveryId('hq/17', 'sub_2')],
  ['webhook-timestamp', (sentAt: number) => String(sentAt + 1)],
  ['webhook-signature', () => `v1,${Buffer.alloc(32).toString('base64')}`],
])('another %s is refused', (name, other) => {
  const headers = { ...sent.headers, [name]: other(Number(sent.headers['webhook-timestamp'])) };
  expect(verify({ ...sent, headers }, secret)).toEqual({ refused: true });
});

function verify({ headers, body }: Webhook, withSecret: string) {
  const input = JSON.stringify({ secret: withSecret, headers, body });
  const { status, stdout, stderr } = spawnSync(python, [SCRIPT], { input, encoding: 'utf8' });
  if (status === 3) return { refused: true };
  if (status !== 0) throw new Error(`verify-webhook.py: ${stderr}`);
  return { refused: false, event: JSON.parse(stdout) as unknown };
}

async function aWebhookFromTheWire(): Promise<Webhook> {
  const subscriber = await startSubscriber(answering(204));
  const body = webhookBody({
    key: 'hq/17',
    source: 'hq',
    model: 'res.partner',
    recordId: 16,
    operation: 'write',
    occurredAtMs: Date.UTC(2026, 2, 1),
    priority: 'medium',
    changedFields: ['name'],
    user: { id: 2, name: 'منى' },
    payload: { name: 'شركة النور', street: 'Straße "5" \\ \u2028' },
  });
  const id = deliveryId('hq/17', 'sub_1');
  const { url } = subscriber;
  await aSender().send({ url, id, body, secrets: [secret, olderSecret], timeoutMs: 10_000 });
  await closeSenders();
  await stopSubscribers();
  const [request] = subscriber.received;
  if (request === undefined) throw new Error('nothing was sent');
  return request;
}
