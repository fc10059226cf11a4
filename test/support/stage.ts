// What the suites of workflows stand on: one store for all tests, and for each an empty store, a namespace, a
// subscriber and, once it starts one, a bridge.
import type { temporal } from '@temporalio/proto';
import { eventsAcceptedSignal } from '../../src/contracts/messages';
import { DISPATCH_WORKFLOW_ID } from '../../src/contracts/names';
import { startSubscriber, type Subscriber } from '../../src/demo/subscriber';
import type { EventCopy } from '../../src/domain/event';
import { createIntake } from '../../src/intake/accept';
import type { WorkerPorts } from '../../src/roles/worker-role';
import { readTotals } from '../../src/store/counters';
import { returnToPending } from '../../src/store/deliveries/acts';
import { readDeliveries, type KeptDelivery } from '../../src/store/deliveries/read';
import { readEvent } from '../../src/store/events/read';
import type { TemporalSession } from '../../src/temporal/session';
import { anArrival, aSource } from './builders';
import { eventually, openTestSession, startTestBridge, testConfig, type TestBridge } from './bridge';
import { runIsDeadLetter } from './dead-letters';
import type { TestStore } from './stores';

export type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

type Totals = Awaited<ReturnType<typeof readTotals>>;

/** Registers what comes before and after each test of the surrounding `describe`. */
export function setStage(openStore: () => Promise<TestStore>, usual: Record<string, string> = {}) {
  let store: TestStore;
  let session: TemporalSession;
  let subscriber: Subscriber;
  let bridge: TestBridge | null = null;

  beforeAll(async () => {
    store = await openStore();
  }, 60_000);
  beforeEach(async () => {
    await store.empty();
    session = await openTestSession();
    subscriber = await startSubscriber();
  }, 60_000);
  afterEach(async () => {
    // First, for what hangs there would hold the bridge up.
    await subscriber.close();
    await stop();
    await session.close();
  }, 30_000);
  afterAll(() => store.close());

  async function stop(): Promise<void> {
    await bridge?.stop();
    bridge = null;
  }
  const run = (key = '17') => session.client.workflow.getHandle(key);
  /** As whoever commits rings: the dispatcher would look by itself within seconds. */
  async function ring(): Promise<void> {
    if (bridge === null) return;
    const handle = run(DISPATCH_WORKFLOW_ID);
    // A ring may be lost, as that of the door.
    await handle.signal(eventsAcceptedSignal).catch(() => undefined);
  }
  async function acceptQuietly(...copies: Partial<EventCopy>[]): Promise<void> {
    const arrivals = copies.map((copy) => anArrival(copy));
    await createIntake(store.db).accept(aSource(), 'pull', arrivals, null);
  }
  const becomes = (status: string, key = '17') =>
    eventually(async () => {
      expect((await readEvent(store.db, key))?.status).toBe(status);
    }, 30_000);

  return {
    store: () => store,
    session: () => session,
    subscriber: () => subscriber,
    start: async (over: Record<string, string> = {}, ports: WorkerPorts = {}) => {
      bridge = await startTestBridge({ config: testConfig({ ...usual, ...over }), store, session, ports });
    },
    stop,
    /** Temporal forgets everything. */
    renewSession: async () => {
      await session.close();
      session = await openTestSession();
    },
    run,
    /** Nobody hears of it: the dispatcher finds it by itself, within seconds. */
    acceptQuietly,
    accept: async (...copies: Partial<EventCopy>[]) => {
      await acceptQuietly(...copies);
      await ring();
    },
    /** The other half of `askRetry` and `askReplay`, for an event without a run that could hear of it. */
    startsAgain: async (key = '17') => {
      await returnToPending(store.db, key);
      await ring();
    },
    becomes,
    statesBecome: (states: Partial<Totals['states']>, timeoutMs = 60_000) =>
      eventually(async () => {
        expect((await readTotals(store.db)).states).toMatchObject(states);
      }, timeoutMs),
    parks: async (key = '17') => {
      await becomes('dead_letter', key);
      await runIsDeadLetter(session.client, key);
    },
    deliveriesOf: async (key = '17'): Promise<readonly KeptDelivery[]> =>
      readDeliveries(store.db, (await readEvent(store.db, key))!.seq),
    /** What the subscriber answers, in this order; 200 afterwards. */
    answered: (...statuses: number[]) => {
      const left = [...statuses];
      subscriber.behave(() => ({ status: left.shift() ?? 200 }));
    },
    /** Reset, as in the Web UI, to the task that `finish` picks. */
    reset: async (
      workflowId: string,
      finish: (events: readonly HistoryEvent[]) => HistoryEvent['eventId'],
    ) => {
      const { events } = await run(workflowId).fetchHistory();
      const { runId } = await run(workflowId).describe();
      await session.client.workflowService.resetWorkflowExecution({
        namespace: session.namespace,
        workflowExecution: { workflowId, runId },
        reason: 'a test',
        workflowTaskFinishEventId: finish(events!)!,
        requestId: `reset of ${runId}`,
      });
      await eventually(async () => {
        expect((await run(workflowId).describe()).runId).not.toBe(runId);
      });
    },
  };
}

export const firstTask = (events: readonly HistoryEvent[]) => tasksOf(events)[0]!.eventId;
export const lastTask = (events: readonly HistoryEvent[]) => tasksOf(events).at(-1)!.eventId;
export const tasksOf = (events: readonly HistoryEvent[]) =>
  events.filter((event) => event.workflowTaskCompletedEventAttributes);
