// Starts the runs of pushed events at the door, as far as that delays nobody: what it cannot start goes back to
// the dispatcher. Never awaited by an answer.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from '../logger';
import type { DispatchBell, EventRuns, EventToStart } from '../contracts/event-runs';
import type { PushBurst } from './push-burst';
import { createRecentCount } from './recent-count';

export interface PushStarts {
  /** How long an event inserted now is leased to us, in ms; null: leave it to the dispatcher. */
  leaseMs(): number | null;
  /** In the background. Only for an event whose lease we have. */
  start(event: EventToStart): void;
  /** Waits for the starts in flight. */
  stop(): Promise<void>;
}

export interface PushStartsOptions {
  readonly runs: EventRuns;
  readonly bell: DispatchBell;
  /** Gives the lease back. */
  readonly release: (key: string) => Promise<void>;
  readonly burst: PushBurst;
  readonly startsPerSecond: number;
  /** Client and worker are one process. */
  readonly eager: boolean;
  readonly log: Logger;
  readonly nowMs: () => number;
}

const LEASE_MS = 10_000;
const MAX_IN_FLIGHT = 64;
/** After a start that failed, Temporal is left alone for so long. */
const QUIET_AFTER_FAILURE_MS = 2_000;

export function createPushStarts(options: PushStartsOptions): PushStarts {
  const { runs, bell, release, burst, startsPerSecond, eager, log, nowMs } = options;
  const inFlight = new Set<Promise<void>>();
  const asked = createRecentCount(1_000, nowMs);
  let quietUntilMs = 0;

  async function startOne(event: EventToStart): Promise<void> {
    // The answer goes out first.
    await nextTurn();
    try {
      const outcome = await runs.start(event, { again: false, eager });
      if (outcome !== 'closed') return;
    } catch (error) {
      log.warn({ key: event.key, error }, 'a pushed event could not be started; the dispatcher takes it');
      quietUntilMs = nowMs() + QUIET_AFTER_FAILURE_MS;
    }
    // Best effort: after the lease it is the dispatcher's anyway.
    await release(event.key).catch(() => undefined);
    bell.ring();
  }

  return {
    leaseMs: () => {
      asked.add();
      // Above the rate nothing is started here: a backlog goes better by the dispatcher as a whole.
      const isCalm = Math.max(asked.now(), asked.before()) <= startsPerSecond;
      const isFree = isCalm && !burst.isOn() && inFlight.size < MAX_IN_FLIGHT && nowMs() >= quietUntilMs;
      return isFree ? LEASE_MS : null;
    },
    start: (event) => {
      const starting = startOne(event).finally(() => inFlight.delete(starting));
      inFlight.add(starting);
    },
    stop: async () => {
      await Promise.all(inFlight);
    },
  };
}
