// Whether a push brings the credentials that are configured for its source. Never compares them themselves: their
// digests are equally long, so the time tells nothing.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { PushConfig } from '../../config';

export type PushAuth = (headers: IncomingHttpHeaders) => boolean;

/** Without credentials every push is refused: an endpoint that is open by mistake would be worse than a closed one. */
export function createPushAuth(push: PushConfig | null): PushAuth {
  if (push === null) return () => false;
  const keys = push.apiKey === null ? [] : [digest(push.apiKey.reveal())];
  const basics = push.basic === null ? [] : basicForms(push.basic.reveal()).map(digest);
  return (headers) => {
    const [, scheme = '', credentials = ''] = /^(\w+) +(.*)$/.exec(headers.authorization ?? '') ?? [];
    const header = headers[push.apiKeyHeader];
    return (
      (scheme.toLowerCase() === 'bearer' && isOneOf(credentials, keys)) ||
      (scheme.toLowerCase() === 'basic' && isOneOf(credentials, basics)) ||
      (typeof header === 'string' && isOneOf(header, keys))
    );
  };
}

/** Odoo sends exactly what somebody typed there, encoded or not. */
function basicForms(typed: string): readonly string[] {
  const decoded = Buffer.from(typed, 'base64').toString();
  const plain = !typed.includes(':') && decoded.includes(':') ? decoded : typed;
  return [plain, Buffer.from(plain).toString('base64')];
}

function isOneOf(given: string, wanted: readonly Buffer[]): boolean {
  const found = digest(given.trim());
  // All are compared, whichever fits.
  return wanted.reduce((fits, one) => timingSafeEqual(found, one) || fits, false);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
