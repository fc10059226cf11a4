// Activities of the dispatcher: start what waits, look after what stands.
import { log } from '@temporalio/activity';
import type { DispatchActivities, LookAfterAnswer } from '../contracts/activities';
import { addToCounters } from '../store/counters';
import type { Database } from '../store/database';
import { clearLeases, renewLeases } from '../store/events/claim';
import { settleStale, staleEvents, type StaleEvent } from '../store/events/stale';
import { readEvent } from '../store/events/read';
import { readProcessingSettings } from '../store/settings';
import {
  BatchTooLarge,
  type BatchToStart,
  type DispatchBell,
  type EventRuns,
  type RunFate,
} from '../contracts/event-runs';
import type { ProcessingPolicy } from '../domain/processing';
import { claimEvents, type Claim, type ClaimedEvent } from './claim-events';
import { withHeartbeat } from './heartbeat';

export interface DispatchDependencies {
  readonly db: Database;
  readonly runs: EventRuns;
  readonly bell: DispatchBell;
  readonly maxInFlight: number;
  readonly policy: ProcessingPolicy;
  /** A burst of pushes is answered on the same cores: starts wait for it, some seconds at most. */
  readonly answersFirst: () => boolean;
  /** Resolves after so many ms, or when the signal is aborted. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly nowMs: () => number;
}

/** One activity works so long while there is work: it saves history, and waits in between cost no task. */
const SHIFT_MS = 8_000;
/** How soon a full house is looked at again. */
const FULL_MS = 25;
/** Time to route after a start; an open run that needs longer is given this much more. */
const RUNNING_LEASE_MS = 60_000;
/** Stale events looked after at one time. */
const MAX_STALE = 200;
const ASKED_AT_ONCE = 20;
/** Of one search attribute: as the embedded server and docker-compose.yml are set, and what any server takes. */
const LONG_LIST_BYTES = 16_000;
const SHORT_LIST_BYTES = 1_900;

export function createDispatchActivities(dependencies: DispatchDependencies): DispatchActivities {
  const { db, runs, bell, maxInFlight, policy, answersFirst, pause, nowMs } = dependencies;
  let listBytes = LONG_LIST_BYTES;
  let isBacklog = false;

  async function claim(): Promise<Claim> {
    const limits = { maxInFlight, policy, listBytes, wasBacklog: isBacklog, nowMs: nowMs() };
    const claimed = await claimEvents(db, limits);
    ({ isBacklog } = claimed);
    return claimed;
  }

  async function startBatch(batch: BatchToStart): Promise<number> {
    try {
      await runs.startBatch(batch);
      return batch.events.length;
    } catch (error) {
      const [first, second] = batch.events;
      if (!(error instanceof BatchTooLarge) || first === undefined) throw error;
      if (second === undefined) return startOne({ ...first, ranBefore: false });
      if (listBytes !== SHORT_LIST_BYTES)
        log.warn(
          'this Temporal server takes only short lists, so batches are cut: set frontend.searchAttributesSizeOfValueLimit to 16384 for larger ones',
        );
      listBytes = SHORT_LIST_BYTES;
      await clearLeases(db, keysOf(batch));
      return 0;
    }
  }

  /** Answers how many events it started. */
  async function startOne(event: ClaimedEvent): Promise<number> {
    const outcome = await runs.start(event, { again: event.ranBefore, eager: true });
    if (outcome === 'started') return 1;
    if (outcome === 'running') {
      await renewLeases(db, [event.key], RUNNING_LEASE_MS);
      return 0;
    }
    // The row says whether the event is done, not the run that closed: perhaps the inbox is younger than it.
    const row = await readEvent(db, event.key);
    if (row?.status !== 'pending') return 0;
    if ((await runs.start(event, { again: true, eager: true })) !== 'started') return 0;
    await addToCounters(db, event.source, new Map([['restarted', 1]]));
    return 1;
  }

  /**
   * Starts all. Where none could be started, they are free again before the failure goes on; where only some
   * could not, these come again after their lease, and hold nobody up.
   */
  async function startAll({ events, batches }: Claim): Promise<number> {
    const starts = [
      ...events.map((event) => ({ keys: [event.key], start: startOne(event) })),
      ...batches.map((batch) => ({ keys: keysOf(batch), start: startBatch(batch) })),
    ];
    const outcomes = await Promise.allSettled(starts.map(({ start }) => start));
    const failed = outcomes.flatMap((outcome, place) =>
      outcome.status === 'rejected'
        ? [{ keys: starts[place]?.keys ?? [], cause: toError(outcome.reason) }]
        : [],
    );
    if (failed.length > 0 && failed.length === starts.length) {
      await clearLeases(
        db,
        failed.flatMap(({ keys }) => keys),
      );
      throw new Error(`${failed.length} runs could not be started`, { cause: failed[0]?.cause });
    }
    for (const { keys, cause } of failed)
      log.warn('events could not be started; they come again', { keys, error: cause.message });
    return outcomes.reduce((sum, outcome) => sum + (outcome.status === 'fulfilled' ? outcome.value : 0), 0);
  }

  return {
    startEvents: () =>
      withHeartbeat(async (signal) => {
        const endMs = nowMs() + SHIFT_MS;
        let started = 0;
        for (;;) {
          // Told before the look: whoever commits after it must ring.
          bell.setAwake(nowMs() < endMs);
          while (answersFirst() && !signal.aborted) await pause(FULL_MS, signal);
          const processing = await readProcessingSettings(db);
          const paused = { paused: processing.paused, pausedReason: processing.reason };
          if (processing.paused) {
            bell.setAwake(false);
            return { started, more: false, ...paused };
          }
          const claimed = await claim();
          started += await startAll(claimed);
          const { waiting } = claimed;
          if (signal.aborted || nowMs() >= endMs) {
            bell.setAwake(false);
            return { started, more: waiting, ...paused };
          }
          if (!waiting) {
            bell.setAwake(false);
            const last = await claim();
            started += await startAll(last);
            return { started, more: last.waiting, ...paused };
          }
          if (claimed.events.length + claimed.batches.length === 0) await pause(FULL_MS, signal);
        }
      }),

    lookAfterEvents: ({ closedSinceMs }) =>
      withHeartbeat(async () => {
        const stale = await staleEvents(db, MAX_STALE);
        const answer = { renewed: 0, returned: 0, deadLettered: 0 };
        if (stale.length === 0) return answer;
        // It only tells whom to ask first.
        const closed = await runs.closedSince(closedSinceMs, 1_000).catch(() => new Set<string>());
        // What has closed waits for us; what is open only wants its lease renewed.
        const ordered = [...stale].sort((a, b) => rank(closed, a) - rank(closed, b));
        // The events of a batch share its run.
        const fates = new Map<string, Promise<RunFate>>();
        const fateOf = (workflowId: string) => {
          const fate = fates.get(workflowId) ?? runs.fateOf(workflowId);
          fates.set(workflowId, fate);
          return fate;
        };
        const settle = async (event: StaleEvent) => {
          const verdict = VERDICTS[await fateOf(event.workflowId)];
          if (await settleStale(db, event, verdict)) answer[TALLY[verdict]] += 1;
        };
        for (let place = 0; place < ordered.length; place += ASKED_AT_ONCE)
          await Promise.all(ordered.slice(place, place + ASKED_AT_ONCE).map(settle));
        if (answer.returned > 0) bell.ring();
        return answer;
      }),
  };
}

type Verdict = Parameters<typeof settleStale>[2];

const VERDICTS: Readonly<Record<RunFate, Verdict>> = {
  running: 'renew',
  // Whatever completed it, the row is still open: it is done over.
  completed: 'pending',
  unknown: 'pending',
  broken: 'dead_letter',
};

const TALLY: Readonly<Record<Verdict, keyof LookAfterAnswer>> = {
  renew: 'renewed',
  pending: 'returned',
  dead_letter: 'deadLettered',
};

function rank(closed: ReadonlySet<string>, event: StaleEvent): number {
  return closed.has(event.workflowId) ? 0 : 1;
}

function keysOf({ events }: BatchToStart): string[] {
  return events.map(({ key }) => key);
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
