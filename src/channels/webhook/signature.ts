// Signs a delivery as Standard Webhooks says, once per valid secret, so that secrets can be changed in peace.
// Must never put a secret, or a part of it, into an error.

import { createHmac, randomBytes } from 'node:crypto';

const PREFIX = 'whsec_';
const NEW_SECRET_BYTES = 32;
const MIN_SECRET_BYTES = 24;
const MAX_SECRET_BYTES = 64;

export interface SignedHeaders {
  readonly 'webhook-id': string;
  /** Epoch seconds. */
  readonly 'webhook-timestamp': string;
  /** `v1,<base64>` per secret, with a space between. */
  readonly 'webhook-signature': string;
}

export function newWebhookSecret(): string {
  return PREFIX + randomBytes(NEW_SECRET_BYTES).toString('base64');
}

/** `whsec_` and the base64 of 24 to 64 bytes, as every Standard Webhooks library reads it. */
export function isWebhookSecret(text: string): boolean {
  return keyOf(text) !== null;
}

/**
 * Throws on a malformed id or secret, or without any secret: an unsigned delivery must not leave.
 * @param delivery.secrets the newest first
 * @param delivery.atMs when it is sent; each attempt has its own
 */
export function signedHeaders(delivery: {
  readonly id: string;
  readonly body: string;
  readonly secrets: readonly string[];
  readonly atMs: number;
}): SignedHeaders {
  const { id, body, secrets, atMs } = delivery;
  // A dot in the id would let one signed text be read as another id and time.
  if (!/^[A-Za-z0-9_-]+$/.test(id)) throw new Error('a webhook-id may hold only letters, digits, _ and -');
  if (secrets.length === 0) throw new Error('a delivery needs a secret to be signed with');
  const timestamp = String(Math.floor(atMs / 1000));
  const signatures = secrets.map((secret) => {
    const key = keyOf(secret);
    if (key === null) throw new Error('a webhook secret is not whsec_ and the base64 of 24 to 64 bytes');
    // Not the reference library: its HMAC in plain JavaScript holds up everybody for a large payload.
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}

function keyOf(secret: string): Buffer | null {
  if (!secret.startsWith(PREFIX)) return null;
  const text = secret.slice(PREFIX.length);
  const key = Buffer.from(text, 'base64');
  // Node skips what is not base64; other libraries refuse it, and padding that is missing.
  if (key.toString('base64') !== text) return null;
  return key.length >= MIN_SECRET_BYTES && key.length <= MAX_SECRET_BYTES ? key : null;
}
