// The activity of the retention: small batches with pauses between, so that nobody waits for it. May run twice.
import { log } from '@temporalio/activity';
import type { RetentionActivities } from '../contracts/activities';
import type { Database } from '../store/database';
import { dropQuarantined, dropStretch, lastOldSeq } from '../store/retention';
import { readCleanSeq, writeCleanSeq } from '../store/settings';
import { withHeartbeat } from './heartbeat';

export interface RetentionDependencies {
  readonly db: Database;
  /** Resolves after so many ms, or when the signal is aborted. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly nowMs: () => number;
}

const SHIFT_MS = 60_000;
/** After each batch, also one that was only looked at. */
const REST_MS = 50;
const MOST_QUARANTINED = 500;

export function createRetentionActivities({ db, pause, nowMs }: RetentionDependencies): RetentionActivities {
  /** Settled quarantine is little beside events: it goes first, whole. */
  async function dropSettled(days: number, signal: AbortSignal): Promise<number> {
    let dropped = 0;
    for (;;) {
      const now = await dropQuarantined(db, days, MOST_QUARANTINED);
      dropped += now;
      if (now < MOST_QUARANTINED || signal.aborted) return dropped;
      await pause(REST_MS, signal);
    }
  }

  return {
    dropOld: ({ payloadDays, after }) =>
      withHeartbeat(async (signal) => {
        const endMs = nowMs() + SHIFT_MS;
        let clean = await readCleanSeq(db);
        const counts = { payloads: 0, answers: 0, quarantined: 0 };
        if (after === null) counts.quarantined = await dropSettled(payloadDays, signal);
        const lastSeq = (await lastOldSeq(db, payloadDays)) ?? 0;
        let place = after ?? clean;
        while (place < lastSeq && !signal.aborted && nowMs() < endMs) {
          const stretch = await dropStretch(db, payloadDays, place, lastSeq);
          counts.payloads += stretch.payloads;
          counts.answers += stretch.answers;
          // Behind the first one that still has something, the next run looks again.
          if (stretch.isClean && clean === place) {
            clean = stretch.place;
            await writeCleanSeq(db, clean);
          }
          ({ place } = stretch);
          await pause(REST_MS, signal);
        }
        log.info('what is old was dropped', {
          events: counts.payloads,
          answers: counts.answers,
          quarantined: counts.quarantined,
        });
        return { ...counts, next: place < lastSeq ? place : null };
      }),
  };
}
