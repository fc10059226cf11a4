// Activities of bulk acts: hands events on page by page, below live traffic and at a bounded rate, and tells parked
// runs. Every one may run twice: the row of the act has its place.
import { log } from '@temporalio/activity';
import type { HandOnAnswer, ReplayActivities, ReplayProgress } from '../contracts/activities';
import type { DispatchBell, EventRuns } from '../contracts/event-runs';
import { isOpen, type RunToTell } from '../domain/replay';
import { filled, paceOf, type Allowance } from '../domain/replay-pace';
import type { Database } from '../store/database';
import { handOnPage } from '../store/replays/hand-on';
import { readReplay, setReplayState, setReplayWait, type Replay } from '../store/replays/rows';
import { returnAll, stillParked, writeTold } from '../store/replays/tell';
import { readTraffic } from '../store/replays/traffic';
import { withHeartbeat } from './heartbeat';

export interface ReplayDependencies {
  readonly db: Database;
  readonly runs: Pick<EventRuns, 'signal'>;
  readonly bell: Pick<DispatchBell, 'ring'>;
  readonly maxInFlight: number;
  /** Resolves after so many ms, or when the signal is aborted. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly nowMs: () => number;
}

/** One activity works so long: it saves history, and a pause is seen between two pages. */
const SHIFT_MS = 8_000;
/** How soon the traffic is looked at again. */
const LOOK_MS = 100;
const MOST_EVENTS = 100;
const TOLD_AT_ONCE = 8;
/** Those that are silent take some seconds each: so many are heard of well within the activity's time. */
const TOLD_PER_ROUND = 24;
/** A run takes what it was told within some tasks; what comes behind it of its record waits for that. */
const TAKEN_WITHIN_MS = 2_000;
/** So often a run is told that does not answer. */
const MOST_TRIES = 10;
const TELL_AGAIN_MS = 2_000;

export function createReplayActivities(dependencies: ReplayDependencies): ReplayActivities {
  const { db, runs, bell, maxInFlight, pause, nowMs } = dependencies;

  /** Some of those that have to hear of it; what came of it is written, whoever is killed then. */
  async function tell(replay: Replay, signal: AbortSignal): Promise<void> {
    const { id, act, reason, actor } = replay;
    const toTell = replay.toTell.slice(0, TOLD_PER_ROUND);
    const kind =
      act === 'discard' ? ({ kind: 'discard', reason, actor } as const) : ({ kind: 'retry' } as const);
    const keys = toTell.map(({ key }) => key);
    // A discarded one is so already; its run only has to end.
    const parked = act === 'discard' ? new Set(keys) : await stillParked(db, keys);
    const left: RunToTell[] = [];
    const heard: string[] = [];
    const unheard: string[] = [];
    const tellOne = async (run: RunToTell) => {
      try {
        ((await runs.signal(run.workflowId, kind)) ? heard : unheard).push(run.key);
      } catch (error) {
        log.warn('a parked run could not be told; it is told again', {
          key: run.key,
          reason: error instanceof Error ? error.message : String(error),
        });
        left.push({ ...run, tries: run.tries + 1 });
      }
    };
    const toSignal = toTell.filter(({ key }) => parked.has(key));
    for (let place = 0; place < toSignal.length; place += TOLD_AT_ONCE)
      await Promise.all(toSignal.slice(place, place + TOLD_AT_ONCE).map(tellOne));
    if (act !== 'discard') await returnAll(db, unheard);
    bell.ring();
    const endMs = nowMs() + TAKEN_WITHIN_MS;
    while (act !== 'discard' && nowMs() < endMs && (await stillParked(db, heard)).size > 0)
      await pause(LOOK_MS, signal);
    if (left.length > 0) await pause(TELL_AGAIN_MS, signal);
    // Once it is aborted nobody waits for those that do not answer.
    const mostTries = isOpen(replay.state) ? MOST_TRIES : 1;
    const again = left.filter(({ tries }) => tries < mostTries);
    const silent = act === 'discard' ? 0 : left.length - again.length;
    await writeTold(db, id, [...replay.toTell.slice(TOLD_PER_ROUND), ...again], silent);
  }

  /** How many may go now. */
  async function roomFor({ id, act, waitsFor }: Replay): Promise<number> {
    // Nothing is started for what is given up.
    if (act === 'discard') return MOST_EVENTS;
    const pace = paceOf({ ...(await readTraffic(db)), maxInFlight });
    // Only the next page knows whether the record it stands at is through.
    const stands = waitsFor === 'earlier-event' ? waitsFor : null;
    const wait = pace.kind === 'wait' ? pace.why : stands;
    if (wait !== waitsFor) await setReplayWait(db, id, wait);
    return pace.kind === 'wait' ? 0 : Math.min(pace.events, MOST_EVENTS);
  }

  return {
    handOn: ({ id }) =>
      withHeartbeat(async (signal): Promise<HandOnAnswer> => {
        const endMs = nowMs() + SHIFT_MS;
        let allowance: Allowance = { events: 0, atMs: nowMs() };
        for (;;) {
          const replay = await readReplay(db, id);
          if (replay === null || signal.aborted || nowMs() >= endMs) return toAnswer(replay);
          // Also of one that was paused or aborted meanwhile: these events are handed on.
          if (replay.toTell.length > 0) {
            await tell(replay, signal);
            continue;
          }
          if (replay.state !== 'running') return toAnswer(replay);
          allowance = filled(allowance, nowMs(), replay.ratePerSecond);
          const most = Math.min(await roomFor(replay), Math.floor(allowance.events));
          // At its end nothing is left to wait for.
          if (most > 0 || replay.cursorSeq >= replay.lastSeq) {
            const page = await handOnPage(db, id, Math.max(1, most));
            if (page.kind === 'page' && page.done > 0) {
              allowance = { ...allowance, events: allowance.events - page.done };
              bell.ring();
            }
            if (page.kind === 'page') continue;
          }
          await pause(LOOK_MS, signal);
        }
      }),

    changeReplay: async ({ id, to, reason }) => {
      const change = await setReplayState(db, id, to, reason);
      return { progress: change.kind === 'unknown' ? null : toProgress(change.replay) };
    },
  };
}

function toAnswer(replay: Replay | null): HandOnAnswer {
  return { progress: toProgress(replay), leftToTell: replay?.toTell.length ?? 0 };
}

function toProgress(replay: Replay | null): ReplayProgress | null {
  if (replay === null) return null;
  const { act, state, stateReason, waitsFor, planned, done, skipped, skips, actor, reason } = replay;
  return { act, state, stateReason, waitsFor, planned, done, skipped, skips, actor, reason };
}
