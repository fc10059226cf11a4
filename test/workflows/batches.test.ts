// Batches on a real Temporal server to a subscriber on a real socket: the same guarantees as for events with a
// workflow of their own.
import { Context } from '@temporalio/activity';
import { sql } from 'drizzle-orm';
import type { WorkerPorts } from '../../src/roles/worker-role';
import { routeEvents } from '../../src/store/events/route';
import { startSubscriber, type Subscriber } from '../../src/demo/subscriber';
import { retrySignal } from '../../src/contracts/messages';
import type { EventCopy } from '../../src/domain/event';
import { createIntake } from '../../src/intake/accept';
import { readTotals } from '../../src/store/counters';
import { askRetry, returnToPending } from '../../src/store/deliveries/acts';
import { readDeliveries } from '../../src/store/deliveries/read';
import { readEvent } from '../../src/store/events/read';
import type { TemporalSession } from '../../src/temporal/session';
import { anArrival, aSource } from '../support/builders';
import { eventually, openTestSession, startTestBridge, testConfig, type TestBridge } from '../support/bridge';
import { describeOnBothEngines, type TestStore } from '../support/stores';
import { subscribe } from '../support/subscriptions';

describeOnBothEngines('batches', (openStore) => {
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
    await bridge?.stop();
    bridge = null;
    await subscriber.close();
    await session.close();
  }, 30_000);
  afterAll(() => store.close());

  const start = async (over: Record<string, string> = {}, ports: WorkerPorts = {}) => {
    const config = testConfig({
      JISR_DELIVERY_SCHEDULE: '0,0.2,0.2',
      JISR_PROCESSING: 'in_batches',
      ...over,
    });
    bridge = await startTestBridge({ config, store, session, ports });
  };
  const wanted = () => subscribe(store, { url: `${subscriber.url}/hook` });
  const accept = (copies: readonly Partial<EventCopy>[]) =>
    createIntake(store.db).accept(
      aSource(),
      'pull',
      copies.map((copy) => anArrival(copy)),
      null,
    );
  /** Three changes of each record, one record after the other. */
  const changes = (records: number) =>
    Array.from({ length: records * 3 }, (_, n) => ({
      eventId: String(n + 1),
      recordId: (n % records) + 1,
      payload: { n },
    }));
  const allProcessed = (count: number) =>
    eventually(async () => {
      expect((await readTotals(store.db)).states).toMatchObject({
        processed: count,
        pending: 0,
        processing: 0,
        delivering: 0,
        dead_letter: 0,
      });
    }, 60_000);
  const becomes = (status: string, key: string) =>
    eventually(async () => {
      expect((await readEvent(store.db, key))?.status).toBe(status);
    }, 30_000);
  const runsOf = async (query: string): Promise<string[]> => {
    const ids: string[] = [];
    for await (const { workflowId } of session.client.workflow.list({ query })) ids.push(workflowId);
    return ids;
  };
  const keyOf = (body: string): string => (JSON.parse(body) as { data: { key: string } }).data.key;
  /** Fails the first attempts of these events, with what is named. */
  const failFirst = (statuses: Readonly<Record<string, number[]>>) => {
    const left = new Map(Object.entries(statuses).map(([key, list]) => [key, [...list]]));
    subscriber.behave(({ body }) => ({ status: left.get(keyOf(body))?.shift() ?? 200 }));
  };
  const receivedKeys = () => subscriber.received.map(({ body }) => keyOf(body));

  test('every event is delivered once, those of a record in order, and found in the Web UI', async () => {
    await wanted();
    await accept(changes(110));
    await start();
    await allProcessed(330);
    expect(subscriber.received).toHaveLength(330);
    expect(new Set(subscriber.received.map(({ id }) => id)).size).toBe(330);
    for (let record = 1; record <= 110; record += 1)
      expect(receivedKeys().filter((key) => (Number(key) - 1) % 110 === record - 1)).toEqual([
        String(record),
        String(record + 110),
        String(record + 220),
      ]);
    await eventually(async () => {
      const ofRecord = 'OdooRecord = "res.partner/7" AND EventStatus = "processed"';
      expect(await runsOf(ofRecord)).toEqual([expect.stringMatching(/^batch\//)]);
      expect(await runsOf('OdooEventId = "pull:117"')).toEqual(await runsOf(ofRecord));
      expect(await runsOf('WorkflowType = "ProcessBatchWorkflow"')).toHaveLength(3);
      expect(await runsOf('WorkflowType = "ProcessEventWorkflow"')).toEqual([]);
    });
    const { workflowId } = (await readEvent(store.db, '7'))!;
    expect(await session.client.workflow.getHandle(workflowId!).result()).toEqual({
      done: expect.any(Number) as unknown,
      handedOver: 0,
    });
    expect((await readTotals(store.db)).of('delivered')).toBe(330);
  }, 120_000);

  test('what nobody wants is done by the batch', async () => {
    await accept(changes(50));
    await start();
    await allProcessed(150);
    expect(subscriber.received).toEqual([]);
  }, 60_000);

  test('an event that fails goes on in its own workflow; those behind it wait for it, the others do not', async () => {
    await wanted();
    failFirst({ '5': [500, 500] });
    await accept(changes(20));
    await start();
    await allProcessed(60);
    const [delivery] = await readDeliveries(store.db, (await readEvent(store.db, '5'))!.seq);
    expect(delivery).toMatchObject({
      state: 'sent',
      attempts: [{ status: 500 }, { status: 500 }, { status: 200 }],
    });
    expect(new Set(subscriber.received.map(({ id }) => id)).size).toBe(60);
    expect(await readEvent(store.db, '5')).toMatchObject({ workflowId: '5' });
    for (const key of ['25', '45'])
      expect((await readEvent(store.db, key))!.workflowId).not.toMatch(/^batch/);
    expect((await readEvent(store.db, '6'))!.workflowId).toMatch(/^batch/);
    const first = receivedKeys().indexOf('5');
    expect(receivedKeys().indexOf('25')).toBeGreaterThan(first);
    expect(receivedKeys().indexOf('45')).toBeGreaterThan(receivedKeys().indexOf('25'));
  }, 120_000);

  test('what is refused becomes a dead letter with a workflow of its own, mended by its signal', async () => {
    await wanted();
    failFirst({ '2': [404, 404] });
    await accept(changes(5));
    await start();
    await becomes('dead_letter', '2');
    const handle = session.client.workflow.getHandle('2');
    await eventually(async () => {
      expect(await runsOf('EventStatus = "dead_letter" AND ExecutionStatus = "Running"')).toEqual(['2']);
    });
    await handle.signal(retrySignal);
    await allProcessed(15);
    expect(new Set(subscriber.received.map(({ id }) => id)).size).toBe(15);
  }, 120_000);

  test('a subscriber that answers 410 is disabled, and its events are dead letters', async () => {
    await wanted();
    subscriber.behave(() => ({ status: 410 }));
    await accept(changes(2));
    await start();
    await eventually(async () => {
      expect((await readTotals(store.db)).states).toMatchObject({
        dead_letter: 6,
        pending: 0,
        processing: 0,
      });
    }, 60_000);
  }, 120_000);

  test('auto: a backlog goes in batches, and single events alone', async () => {
    await wanted();
    await accept(changes(400));
    await start({ JISR_PROCESSING: 'auto' });
    await allProcessed(1_200);
    await accept([{ eventId: '5000', recordId: 5_000 }]);
    await becomes('processed', '5000');
    expect((await readEvent(store.db, '1'))!.workflowId).toMatch(/^batch\//);
    expect((await readEvent(store.db, '5000'))!.workflowId).toBe('5000');
    expect(new Set(subscriber.received.map(({ id }) => id)).size).toBe(1_201);
    expect(subscriber.received).toHaveLength(1_201);
  }, 180_000);

  test('a worker that stops in the middle gives the batch to the next; nothing is lost or renamed', async () => {
    await wanted();
    subscriber.behave(() => ({ status: 200, delayMs: 100 }));
    await accept(changes(60));
    await start();
    await eventually(() => {
      expect(subscriber.received.length).toBeGreaterThan(20);
    });
    await bridge!.stop();
    subscriber.behave(() => ({ status: 200 }));
    await start();
    await allProcessed(180);
    expect(new Set(subscriber.received.map(({ id }) => id)).size).toBe(180);
  }, 180_000);

  test('a batch that is terminated leaves dead letters, and a retry gives each its own workflow', async () => {
    await wanted();
    await accept(changes(10));
    // Takes its events in hand, and comes no further.
    await start(
      {},
      {
        deliveries: (all) => ({
          ...all,
          processBatch: async (batch) => {
            const keys = batch.records.flatMap((record) => record.keys);
            await routeEvents(
              store.db,
              keys.map((key) => ({ key, runId: batch.runId, workflowId: batch.workflowId })),
            );
            return Context.current().cancelled;
          },
        }),
      },
    );
    await becomes('processing', '1');
    const { workflowId } = (await readEvent(store.db, '1'))!;
    await session.client.workflow.getHandle(workflowId!).terminate('test');
    await bridge!.stop();
    await store.db.execute(sql`update events set lease_until = now() where status = 'processing'`);
    await start();
    await eventually(async () => {
      expect((await readTotals(store.db)).states).toMatchObject({ pending: 0, processing: 0, delivering: 0 });
    });
    const dead = await store.db.execute<{ key: string }>(
      sql`select key from events where status = 'dead_letter'`,
    );
    expect(dead.rows).toHaveLength(30);
    for (const { key } of dead.rows) {
      await askRetry(store.db, key);
      await returnToPending(store.db, key);
    }
    await allProcessed(30);
    expect((await readEvent(store.db, dead.rows[0]!.key))!.workflowId).toBe(dead.rows[0]!.key);
    expect(new Set(subscriber.received.map(({ id }) => id)).size).toBe(30);
  }, 120_000);

  test('Reset of a batch delivers its events again, under the same webhook-ids', async () => {
    await wanted();
    await accept(changes(4));
    await start();
    await allProcessed(12);
    const { workflowId } = (await readEvent(store.db, '1'))!;
    const handle = session.client.workflow.getHandle(workflowId!);
    await handle.result();
    const { events } = await handle.fetchHistory();
    const firstTask = events!.find((event) => event.workflowTaskCompletedEventAttributes)!.eventId!;
    await session.client.workflowService.resetWorkflowExecution({
      namespace: session.namespace,
      workflowExecution: { workflowId: workflowId! },
      reason: 'a test',
      workflowTaskFinishEventId: firstTask,
      requestId: 'reset-batch',
    });
    await eventually(() => {
      expect(subscriber.received).toHaveLength(24);
    });
    await allProcessed(12);
    expect(new Set(subscriber.received.map(({ id }) => id)).size).toBe(12);
  }, 120_000);
});
