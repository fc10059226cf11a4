// The activity of bulk acts, run as Temporal would run it, with parked runs that do not answer and a clock of its own.
import { MockActivityEnvironment } from '@temporalio/testing';
import { createReplayActivities } from '../../src/activities/replays';
import type { HandOnAnswer } from '../../src/contracts/activities';
import { createIntake } from '../../src/intake/accept';
import { recordAttempts } from '../../src/store/deliveries/record';
import { routeEvents } from '../../src/store/events/route';
import { readReplay, setReplayState } from '../../src/store/replays/rows';
import { anArrival, aSource } from '../support/builders';
import { QUIET } from '../support/quiet';
import { aReplay } from '../support/replays';
import { openTestStore, type TestStore } from '../support/stores';
import { subscribe } from '../support/subscriptions';

/** As long as a silent run keeps one waiting, when eight are told at once. */
const SILENT_MS = 5_000 / 8;
const RUNS = 60;

let store: TestStore;
let nowMs: number;
let told: string[];

beforeAll(async () => {
  store = await openTestStore('pglite');
}, 60_000);
beforeEach(async () => {
  await store.empty();
  await subscribe(store, { url: 'http://crm.test' });
  nowMs = 1_000_000;
  told = [];
});
afterAll(() => store.close());

async function deadLetters(): Promise<void> {
  const keys = Array.from({ length: RUNS }, (_, place) => String(place + 1));
  const arrivals = keys.map((key) => anArrival({ eventId: key, recordId: Number(key) }));
  await createIntake(store.db).accept(aSource(), 'pull', arrivals, null);
  const runs = keys.map((key) => ({ key, runId: `run of ${key}`, workflowId: key }));
  const routed = await routeEvents(store.db, runs);
  const attempt = { status: 404, durationMs: 1, response: 'no', errorClass: 'rejected', message: 'no' };
  await recordAttempts(
    store.db,
    runs.map((run, place) => ({
      ...run,
      id: routed[place]!.waiting[0]!.id,
      attempt,
      end: { state: 'dead' as const },
    })),
  );
}

/** One shift. Answers how long it took, too. */
async function handOn(id: string): Promise<HandOnAnswer & { readonly tookMs: number }> {
  const fromMs = nowMs;
  const activities = createReplayActivities({
    db: store.db,
    runs: {
      signal: (workflowId) => {
        told.push(workflowId);
        nowMs += SILENT_MS;
        return Promise.reject(new Error('it does not answer'));
      },
    },
    bell: { ring: () => undefined },
    maxInFlight: 1_000,
    pause: (ms) => {
      nowMs += ms;
      return Promise.resolve();
    },
    nowMs: () => nowMs,
  });
  const answer: HandOnAnswer = await new MockActivityEnvironment({}, QUIET).run(() =>
    activities.handOn({ id }),
  );
  return { ...answer, tookMs: nowMs - fromMs };
}
const rowOf = async (id: string) => (await readReplay(store.db, id))!;

test('many silent runs are told in rounds that each end well within the time of the activity, and are counted', async () => {
  await deadLetters();
  const { id } = await aReplay(store.db, { act: 'retry', scope: 'failed', ratePerSecond: 1_000 });
  const tries = async () => (await rowOf(id)).toTell.map((run) => run.tries);
  while (told.length === 0) expect((await handOn(id)).tookMs).toBeLessThan(30_000);
  expect(Math.max(...(await tries()))).toBe(1);
  while (Math.min(...(await tries())) === 0) expect((await handOn(id)).tookMs).toBeLessThan(30_000);
  expect(new Set(told).size).toBe(RUNS);
});

test('aborted while runs are silent, it tells each that is left once more and says when none is', async () => {
  await deadLetters();
  const { id } = await aReplay(store.db, { act: 'retry', scope: 'failed', ratePerSecond: 1_000 });
  while (told.length === 0) await handOn(id);
  await setReplayState(store.db, id, 'aborted', 'enough');
  const left: number[] = [];
  do left.push((await handOn(id)).leftToTell ?? 0);
  while (left.at(-1) !== 0 && left.length < 10);
  // A shift ends between two rounds: whoever hears of it must come again.
  expect(left[0]).toBeGreaterThan(0);
  expect(left.at(-1)).toBe(0);
  expect(new Set(told).size).toBe(RUNS);
  expect(await rowOf(id)).toMatchObject({
    state: 'aborted',
    toTell: [],
    done: 0,
    skips: { 'run-silent': RUNS },
  });
});
