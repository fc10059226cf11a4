// Lets in only as many pushes as can be held: a full inbox, or too many bodies in memory, is said with 503.
import type { IncomingHttpHeaders } from 'node:http';
import type { RequestHandler } from 'express';
import type { LimitsConfig } from '../../config';
import type { PushBurst } from '../../control/push-burst';
import { readTotals } from '../../store/counters';
import type { Database } from '../../store/database';
import { Problem } from '../problem';

type PushLimits = Pick<LimitsConfig, 'maxPendingEvents' | 'maxBodyBytes'>;

/** Bodies of pushes in memory at one time. */
const MAX_HELD_BYTES = 256 * 1_048_576;
const MAX_HELD_PUSHES = 5_000;
/** A count that is a little old is good enough for a limit of thousands. */
const LOOK_EVERY_MS = 500;
const RETRY_AFTER = { headers: { 'Retry-After': '5' } };

export function admitPushes(
  db: Database,
  { maxPendingEvents: maxPending, maxBodyBytes }: PushLimits,
  burst: PushBurst,
  nowMs: () => number,
): RequestHandler {
  let heldBytes = 0;
  let held = 0;
  let pending = 0;
  let lookedMs = -LOOK_EVERY_MS;

  async function pendingNow(): Promise<number> {
    if (nowMs() - lookedMs < LOOK_EVERY_MS) return pending;
    lookedMs = nowMs();
    pending = (await readTotals(db)).states.pending;
    return pending;
  }

  return async (request, response, next) => {
    const bytes = heldBy(request.headers, maxBodyBytes);
    if (held >= MAX_HELD_PUSHES || (held > 0 && heldBytes + bytes > MAX_HELD_BYTES))
      throw new Problem(503, 'too many pushes at once: send it again in some seconds', RETRY_AFTER);
    held += 1;
    heldBytes += bytes;
    const leave = burst.enter();
    response.once('close', () => {
      leave();
      held -= 1;
      heldBytes -= bytes;
    });
    if ((await pendingNow()) >= maxPending) {
      const what = `${maxPending} events or more wait in the inbox`;
      throw new Problem(503, `${what}: see that processing runs, then send it again`, RETRY_AFTER);
    }
    next();
  };
}

/** What it may come to: a body without a length, or a compressed one, as much as is allowed. */
function heldBy(headers: IncomingHttpHeaders, maxBodyBytes: number): number {
  const length = Number(headers['content-length']);
  const isKnown = Number.isInteger(length) && headers['content-encoding'] === undefined;
  return isKnown ? Math.min(length, maxBodyBytes) : maxBodyBytes;
}
