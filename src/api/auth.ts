// Who may use the interface: whoever has the key. Never compares the keys themselves: their digests are
// equally long, so the time tells nothing.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Secret } from '../config';
import { Problem } from './problem';

/** `Authorization: Bearer <key>` or `X-API-Key: <key>`. */
export function requireKey(adminKey: Secret): RequestHandler {
  const wanted = digest(adminKey.reveal());
  return (request, _response, next) => {
    const bearer = /^Bearer +(.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const given = bearer ?? request.get('x-api-key');
    if (given !== undefined && timingSafeEqual(digest(given), wanted)) {
      next();
      return;
    }
    const what = given === undefined ? 'no key was sent' : 'the key is not the right one';
    const detail = `${what}: send JISR_ADMIN_KEY as \`Authorization: Bearer …\` or as \`X-API-Key\``;
    throw new Problem(401, detail, { headers: { 'WWW-Authenticate': 'Bearer realm="jisr"' } });
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
