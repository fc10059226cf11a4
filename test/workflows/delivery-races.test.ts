// Deliveries at unlucky moments: a try beside its own repetition, signals right behind each other, Reset anywhere.
import type { temporal } from '@temporalio/proto';
import { discardSignal, retrySignal } from '../../src/contracts/messages';
import { startSubscriber, type Subscriber } from '../../src/demo/subscriber';
import type { EventCopy } from '../../src/domain/event';
import { createIntake } from '../../src/intake/accept';
import type { WorkerPorts } from '../../src/roles/worker-role';
import { createSecretBox } from '../../src/store/secret-box';
import { createSubscription } from '../../src/store/subscriptions';
import { readDeliveries, type KeptDelivery } from '../../src/store/deliveries/read';
import { readEvent } from '../../src/store/events/read';
import type { TemporalSession } from '../../src/temporal/session';
import { anArrival, aSource } from '../support/builders';
import { eventually, openTestSession, startTestBridge, testConfig, type TestBridge } from '../support/bridge';
import { openTestStore, type TestStore } from '../support/stores';
import { subscribe } from '../support/subscriptions';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

const lastTask = (events: readonly HistoryEvent[]) =>
  events.filter((event) => event.workflowTaskCompletedEventAttributes).at(-1)!.eventId;

describe('deliveries at unlucky moments', () => {
  let store: TestStore;
  let session: TemporalSession;
  let subscriber: Subscriber;
  let bridge: TestBridge | null = null;

  beforeAll(async () => {
    store = await openTestStore('pglite');
  }, 60_000);
  beforeEach(async () => {
    await store.empty();
    session = await openTestSession();
    subscriber = await startSubscriber();
  }, 60_000);
  afterEach(async () => {
    await bridge?.stop();
    bridge = null;
    await subscriber.close();
    await session.close();
  }, 30_000);
  afterAll(() => store.close());

  const start = async (schedule: string, ports: WorkerPorts = {}, over: Record<string, string> = {}) => {
    const config = testConfig({ JISR_DELIVERY_SCHEDULE: schedule, ...over });
    bridge = await startTestBridge({ config, store, session, ports });
  };
  const accept = (...copies: Partial<EventCopy>[]) =>
    createIntake(store.db).accept(
      aSource(),
      'pull',
      copies.map((copy) => anArrival(copy)),
      null,
    );
  const becomes = (status: string, key = '17', withinMs = 10_000) =>
    eventually(async () => {
      expect((await readEvent(store.db, key))?.status).toBe(status);
    }, withinMs);
  const deliveriesOf = async (key = '17'): Promise<readonly KeptDelivery[]> =>
    readDeliveries(store.db, (await readEvent(store.db, key))!.seq);
  const handle = (key = '17') => session.client.workflow.getHandle(key);
  const reset = async (
    requestId: string,
    finish: (events: readonly HistoryEvent[]) => HistoryEvent['eventId'],
  ) => {
    const { events } = await handle().fetchHistory();
    const { runId } = await handle().describe();
    await session.client.workflowService.resetWorkflowExecution({
      namespace: session.namespace,
      workflowExecution: { workflowId: '17', runId },
      reason: 'a test',
      workflowTaskFinishEventId: finish(events!)!,
      requestId,
    });
    await eventually(async () => {
      expect((await handle().describe()).runId).not.toBe(runId);
    });
  };

  test('a repetition that the subscriber refuses does not hold an event whose first try was taken', async () => {
    await subscribe(store, { url: subscriber.url });
    let again: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => (again = resolve));
    let sends = 0;
    const told = { durationMs: 1, response: '', message: 'm' };
    await start('0,60', {
      sender: (sender) => ({
        close: () => sender.close(),
        send: async () => {
          sends += 1;
          if (sends === 1) {
            // As a store that is slow to write the 200 down: the local activity is given up after 3 s.
            await asked;
            return { kind: 'sent', status: 200, ...told };
          }
          again();
          await eventually(async () => {
            expect((await deliveriesOf())[0]!.state).toBe('sent');
          });
          // "I have this webhook-id already."
          return { kind: 'refused', status: 422, errorClass: 'rejected', ...told };
        },
      }),
    });
    await accept({});
    await eventually(() => {
      expect(sends).toBe(2);
    });
    await becomes('processed');
  }, 60_000);

  test('a subscription whose secret cannot be read does not keep other events from starting', async () => {
    await subscribe(store, { name: 'erp', url: subscriber.url, filter: { models: ['sale.order'] } });
    await createSubscription(store.db, {
      name: 'old-key',
      filter: { models: ['res.partner'] },
      url: subscriber.url,
      encryptedSecret: createSecretBox('the key before it was changed').encrypt('whsec_x'),
    });
    await start('0,60', {}, { JISR_MAX_IN_FLIGHT: '2' });
    await accept({ eventId: '1', recordId: 1 }, { eventId: '2', recordId: 2 });
    await becomes('delivering', '1');
    await becomes('delivering', '2');
    await accept({ eventId: '3', recordId: 3, model: 'sale.order' });
    await becomes('processed', '3');
  }, 60_000);

  test('a discard that was asked right behind a retry is done, not forgotten', async () => {
    await subscribe(store, { url: subscriber.url });
    subscriber.behave(() => ({ status: 404 }));
    await start('0,60', {
      storage: (storage) => ({
        ...storage,
        // As a store that is slow.
        reopen: async (run) => {
          subscriber.behave(() => 'hang');
          await handle().signal(discardSignal, { reason: 'given up' });
          return storage.reopen(run);
        },
      }),
    });
    await accept({});
    await becomes('dead_letter');
    await eventually(async () => {
      expect(await handle().query<{ status: string }>('event')).toMatchObject({ status: 'dead_letter' });
    });
    await handle().signal(retrySignal);
    await becomes('discarded');
  }, 60_000);

  test.each([
    ['retry', 'processed'],
    ['discard', 'discarded'],
  ])(
    'a dead letter that was reset while it was parked takes the signal %s',
    async (act, state) => {
      await subscribe(store, { url: subscriber.url });
      subscriber.behave(() => ({ status: 500 }));
      await start('0,0.2');
      await accept({});
      await becomes('dead_letter');
      await eventually(async () => {
        expect(await handle().query<{ status: string }>('event')).toMatchObject({ status: 'dead_letter' });
      });
      // "Reset to the last workflow task" of the Web UI.
      await reset('r', lastTask);
      await eventually(async () => {
        expect(await handle().query<{ status: string }>('event')).toMatchObject({ status: 'dead_letter' });
      });
      subscriber.behave(() => ({ status: 200 }));
      await handle().signal(act === 'retry' ? retrySignal : discardSignal);
      await becomes(state);
    },
    60_000,
  );

  test('an event that was reset while it waits for its next try is closed by the run that delivers it', async () => {
    await subscribe(store, { url: subscriber.url });
    const left = [500];
    subscriber.behave(() => ({ status: left.shift() ?? 200 }));
    await start('0,3');
    await accept({});
    await becomes('delivering');
    await eventually(async () => {
      const { events } = await handle().fetchHistory();
      expect(events!.filter((e) => e.workflowTaskCompletedEventAttributes).length).toBeGreaterThan(0);
    });
    await handle().signal('retry'); // ignored; makes a later task
    await eventually(async () => {
      const { events } = await handle().fetchHistory();
      expect(events!.filter((e) => e.workflowTaskCompletedEventAttributes).length).toBeGreaterThan(1);
    });
    await reset('w', lastTask);
    await eventually(async () => {
      expect((await deliveriesOf())[0]!.state).toBe('sent');
    });
    await becomes('processed');
  }, 60_000);
});
