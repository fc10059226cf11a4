// The port to the running workflows, played in memory: it does what it is told, and can be away.
import { BridgeUnavailable } from '../../src/control/ask';
import type { BridgeControl } from '../../src/control/bridge-control';
import type { DispatchStatus, PullStatus } from '../../src/contracts/messages';
import { firstState } from '../../src/domain/sync';

export interface FakeControl extends BridgeControl {
  /** What was asked, in order: `pull main`. */
  readonly asked: string[];
  /** Puts something in the place of a source's status. */
  set(source: string, over: Partial<PullStatus>): void;
  /** From now on every call fails like this; null: it answers again. */
  fail(error: Error | null): void;
}

export const AWAY = new BridgeUnavailable('Temporal does not answer: see that it is up');

export function fakeControl(): FakeControl {
  const asked: string[] = [];
  const statuses = new Map<string, PullStatus>();
  let failure: Error | null = null;
  const processing: DispatchStatus = {
    state: 'idle',
    pausedReason: null,
    started: 0,
    lostRuns: 0,
    deadLettered: 0,
  };

  const statusOf = (source: string) => statuses.get(source) ?? aPullStatus({ source });
  const set = (source: string, over: Partial<PullStatus>) =>
    void statuses.set(source, { ...statusOf(source), ...over });
  const act = async (what: string, change: () => void): Promise<void> => {
    await Promise.resolve();
    if (failure !== null) throw failure;
    asked.push(what);
    change();
  };

  return {
    asked,
    set,
    fail: (error) => {
      failure = error;
    },
    pullStatus: async ({ name }) => {
      await Promise.resolve();
      if (failure !== null) throw failure;
      return statusOf(name);
    },
    pauseSource: ({ name }, reason) =>
      act(`pause ${name}`, () => {
        set(name, { state: 'paused', pausedReason: reason, nextPullMs: null });
      }),
    resumeSource: ({ name }) =>
      act(`resume ${name}`, () => {
        set(name, { state: 'idle', pausedReason: null, nextPullMs: 0 });
      }),
    pullNow: ({ name }) => act(`pull ${name}`, () => undefined),
    configureSource: ({ name }, { intervalMs, limit }) =>
      act(`configure ${name}`, () => {
        const { settings } = statusOf(name);
        set(name, {
          settings: {
            ...settings,
            intervalMs: intervalMs ?? settings.intervalMs,
            limitRows: limit ?? settings.limitRows,
          },
        });
      }),
    dispatchStatus: async () => {
      await Promise.resolve();
      if (failure !== null) throw failure;
      return processing;
    },
    wakeDispatcher: () => act('wake dispatcher', () => undefined),
  };
}

function aPullStatus(over: Partial<PullStatus>): PullStatus {
  const { counts, refusedIds } = firstState('main', SETTINGS);
  return {
    source: 'main',
    state: 'idle',
    pausedReason: null,
    cursor: 0,
    lastSuccessMs: null,
    lastError: null,
    nextPullMs: null,
    nextSweepMs: null,
    settings: SETTINGS,
    counts,
    refusedIds,
    reporting: null,
    ...over,
  };
}

const SETTINGS = { intervalMs: 30_000, limitRows: 500, sweepIntervalMs: 300_000 };
