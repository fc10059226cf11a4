// Signatures against the reference library.
import { Webhook } from 'standardwebhooks';

import { isWebhookSecret, newWebhookSecret, signedHeaders } from '../../../src/channels/webhook/signature';

const secretOf = (bytes: number): string => `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`;

// The example of the specification.
test('the signature is the one that the specification gives', () => {
  const headers = signedHeaders({
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    body: '{"test": 2432232314}',
    secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    atMs: 1614265330_999,
  });
  expect(headers).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test.each([24, 32, 63, 64])('a secret of %i bytes signs as in the reference library', (bytes) => {
  const secret = secretOf(bytes);
  const atMs = Date.now();
  const headers = signedHeaders({ id: 'msg_1', body: '{"é":"ع"}', secrets: [secret], atMs });
  expect(headers['webhook-signature']).toBe(new Webhook(secret).sign('msg_1', new Date(atMs), '{"é":"ع"}'));
});

test('a new secret has 32 random bytes', () => {
  const [one, other] = [newWebhookSecret(), newWebhookSecret()];
  expect(one).not.toBe(other);
  expect(Buffer.from(one.slice(6), 'base64')).toHaveLength(32);
  expect(isWebhookSecret(one)).toBe(true);
});

test.each([
  secretOf(23),
  secretOf(65),
  secretOf(32).slice(6),
  secretOf(32).replace('=', ''),
  `${secretOf(32)} `,
  secretOf(33).replace('B', '-'),
  'whsec_',
  '',
])('"%s" is no secret', (text) => {
  expect(isWebhookSecret(text)).toBe(false);
});

test.each(['msg.1', 'msg 1', 'a\r\nb', ''])('the id "%s" is not signed', (id) => {
  expect(() => signedHeaders({ id, body: '', secrets: [secretOf(32)], atMs: 0 })).toThrow('webhook-id');
});
