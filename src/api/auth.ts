// Who may use the interface: whoever has the key. Never compares the keys themselves: their digests are
// equally long, so the time tells nothing.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { RequestHandler } from 'express';
import type { Secret } from '../config';
import { Problem } from './problem';

/** What was sent as `Authorization: Bearer <key>` or `X-API-Key: <key>`. */
export function givenKey(headers: IncomingHttpHeaders): string | undefined {
  const bearer = /^Bearer +(.+)$/i.exec(headers.authorization ?? '')?.[1];
  const header = headers['x-api-key'];
  return bearer ?? (typeof header === 'string' ? header : undefined);
}

export type KeyCheck = (key: string) => boolean;

/** One of them is enough. */
export function createKeyCheck(...keys: readonly Secret[]): KeyCheck {
  const wanted = keys.map((key) => digest(key.reveal()));
  return (key) => {
    const given = digest(key);
    // All of them each time, so that the time does not tell which one came near.
    return wanted.map((one) => timingSafeEqual(given, one)).includes(true);
  };
}

export function refusedKey(given: string | undefined): Problem {
  const what = given === undefined ? 'no key was sent' : 'the key is not the right one';
  const detail = `${what}: send JISR_ADMIN_KEY as \`Authorization: Bearer …\` or as \`X-API-Key\``;
  return new Problem(401, detail, { headers: { 'WWW-Authenticate': 'Bearer realm="jisr"' } });
}

/** One of them is enough. */
export function requireKey(...keys: readonly Secret[]): RequestHandler {
  const isRight = createKeyCheck(...keys);
  return (request, _response, next) => {
    const given = givenKey(request.headers);
    if (given === undefined || !isRight(given)) throw refusedKey(given);
    next();
  };
}

/** The name of the key that asked, for the record of who did what. There is one key, until keys can be made. */
export function actorOf(): string {
  return 'admin';
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
