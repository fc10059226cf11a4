// Deliveries on a real Temporal server to a subscriber on a real socket: signed, tried again by the schedule,
// refused, parked, mended by a person.
import { Webhook } from 'standardwebhooks';
import { discardSignal, eventQuery, retrySignal } from '../../src/contracts/messages';
import { createEventRuns } from '../../src/control/event-runs';
import { startSubscriber, TAKES_ALL, type Subscriber } from '../../src/demo/subscriber';
import type { EventCopy } from '../../src/domain/event';
import { createIntake } from '../../src/intake/accept';
import { readTotals } from '../../src/store/counters';
import { askReplay, askRetry, returnToPending } from '../../src/store/deliveries/acts';
import { readDeliveries, type KeptDelivery } from '../../src/store/deliveries/read';
import { readEvent } from '../../src/store/events/read';
import { readSubscription, setSubscriptionStatus } from '../../src/store/subscriptions';
import type { TemporalSession } from '../../src/temporal/session';
import { anArrival, aSource } from '../support/builders';
import { eventually, openTestSession, startTestBridge, testConfig, type TestBridge } from '../support/bridge';
import { describeOnBothEngines, type TestStore } from '../support/stores';
import { subscribe, type TestSubscription } from '../support/subscriptions';

describeOnBothEngines('deliveries', (openStore) => {
  let store: TestStore;
  let session: TemporalSession;
  let subscriber: Subscriber;
  let crm: TestSubscription;
  let bridge: TestBridge | null = null;

  beforeAll(async () => {
    store = await openStore();
  }, 60_000);
  beforeEach(async () => {
    await store.empty();
    session = await openTestSession();
    subscriber = await startSubscriber();
    crm = await subscribe(store, { url: `${subscriber.url}/hook` });
  }, 60_000);
  afterEach(async () => {
    await bridge?.stop();
    bridge = null;
    await subscriber.close();
    await session.close();
  }, 30_000);
  afterAll(() => store.close());

  /** Waits of a quarter of a second, so that a schedule is over in a second. */
  const start = async (schedule = '0,0.2,0.2,0.2', over: Record<string, string> = {}) => {
    const config = testConfig({ JISR_DELIVERY_SCHEDULE: schedule, ...over });
    bridge = await startTestBridge({ config, store, session });
  };
  const accept = (...copies: Partial<EventCopy>[]) =>
    createIntake(store.db).accept(
      aSource(),
      'pull',
      copies.map((copy) => anArrival(copy)),
      null,
    );
  const becomes = (status: string, key = '17') =>
    eventually(async () => {
      expect((await readEvent(store.db, key))?.status).toBe(status);
    }, 30_000);
  const deliveriesOf = async (key = '17'): Promise<readonly KeptDelivery[]> =>
    readDeliveries(store.db, (await readEvent(store.db, key))!.seq);
  const handle = (key = '17') => session.client.workflow.getHandle(key);
  /** Its row is a dead letter a moment before its run knows, which takes signals only then. */
  const parks = async () => {
    await becomes('dead_letter');
    await eventually(async () => {
      expect((await handle().query(eventQuery)).status).toBe('dead_letter');
    }, 30_000);
  };
  const answered = (...statuses: number[]) => {
    const left = [...statuses];
    subscriber.behave(() => ({ status: left.shift() ?? 200 }));
  };

  test('an event is delivered once, signed, and closed', async () => {
    await start();
    await accept({});
    await becomes('processed');
    expect(subscriber.received).toHaveLength(1);
    const [{ headers, body, path }] = subscriber.received as [(typeof subscriber.received)[0]];
    expect(path).toBe('/hook');
    const verified = new Webhook(crm.secret).verify(body, headers as Record<string, string>);
    expect(verified).toEqual({
      type: 'odoo.res_partner.updated',
      timestamp: '2026-11-24T02:00:00.000Z',
      data: {
        key: '17',
        source: 'main',
        model: 'res.partner',
        record_id: 16,
        operation: 'write',
        occurred_at: '2026-11-24T02:00:00.000Z',
        priority: 'medium',
        changed_fields: null,
        user: { id: 2, name: 'Administrator' },
        payload: { name: 'A' },
      },
    });
    expect(await deliveriesOf()).toMatchObject([
      { state: 'sent', attempts: [{ status: 200, errorClass: null, response: 'status 200' }] },
    ]);
    expect((await readTotals(store.db)).of('delivered')).toBe(1);
    // The whole way costs one workflow task.
    expect(await handle().result()).toBe('processed');
    const { events } = await handle().fetchHistory();
    expect(events!.filter((event) => event.workflowTaskCompletedEventAttributes).length).toBe(1);
  }, 60_000);

  test('an event goes to all who want it, and to nobody else', async () => {
    await subscribe(store, { name: 'all-of-sales', url: subscriber.url, filter: { models: ['sale.*'] } });
    await subscribe(store, { name: 'deletes', url: subscriber.url, filter: { operations: ['unlink'] } });
    await start();
    await accept({ eventId: '1', model: 'sale.order', recordId: 1 }, { eventId: '2', recordId: 2 });
    await becomes('processed', '1');
    await becomes('processed', '2');
    expect((await deliveriesOf('1')).map((one) => one.subscription)).toEqual(['crm', 'all-of-sales']);
    expect((await deliveriesOf('2')).map((one) => one.subscription)).toEqual(['crm']);
    expect(subscriber.received).toHaveLength(3);
  }, 60_000);

  test('a subscriber that fails for a while gets it later, under the same id, with no event added to the history', async () => {
    answered(500, 503, 429, 200);
    await start();
    await accept({});
    await becomes('processed');
    expect(new Set(subscriber.received.map(({ id }) => id)).size).toBe(1);
    const [delivery] = await deliveriesOf();
    expect(delivery).toMatchObject({ state: 'sent' });
    expect(delivery!.attempts.map(({ status, errorClass }) => [status, errorClass])).toEqual([
      [500, 'server-error'],
      [503, 'server-error'],
      [429, 'rate-limited'],
      [200, null],
    ]);
    const { events } = await handle().fetchHistory();
    expect(events!.filter((event) => event.activityTaskScheduledEventAttributes).length).toBe(1);
    expect(events!.length).toBeLessThan(20);
  }, 60_000);

  test('while it waits for its next try the event is delivering, and its record is free', async () => {
    subscriber.behave(({ body }) => ({ status: body.includes('"key":"1"') ? 500 : 200 }));
    await start('0,60');
    await accept({ eventId: '1' }, { eventId: '2', occurredAtMs: Date.UTC(2026, 10, 24, 3) });
    await becomes('processed', '2');
    expect((await readEvent(store.db, '1'))?.status).toBe('delivering');
    const [delivery] = await deliveriesOf('1');
    const inMs = delivery!.nextAttemptAtMs! - Date.now();
    expect(inMs).toBeGreaterThan(30_000);
    expect(inMs).toBeLessThanOrEqual(72_000);
  }, 60_000);

  test.each([
    [404, 'rejected'],
    [302, 'redirected'],
    [401, 'rejected'],
  ])(
    '%s is refused for good: a dead letter after one attempt',
    async (status, code) => {
      const elsewhere = await startSubscriber();
      subscriber.behave(() => ({ status, headers: { location: elsewhere.url } }));
      await start();
      await accept({});
      await becomes('dead_letter');
      expect(subscriber.received).toHaveLength(1);
      expect(elsewhere.received).toEqual([]);
      expect(await deliveriesOf()).toMatchObject([
        { state: 'dead', attempts: [{ status, errorClass: code }] },
      ]);
      await elsewhere.close();
    },
    60_000,
  );

  test('410 disables the subscription; what waits for it dies, visibly; resume and retry mend it', async () => {
    answered(410);
    await start();
    await accept({});
    await becomes('dead_letter');
    expect(await readSubscription(store.db, crm.id)).toMatchObject({
      status: 'disabled',
      statusReason: 'it answered 410',
    });
    await accept({ eventId: '18', recordId: 18 });
    await becomes('processed', '18');
    expect(await deliveriesOf('18')).toEqual([]);
    // A retry while it is disabled does not reach it, and says why.
    await parks();
    await handle().signal(retrySignal);
    await eventually(async () => {
      expect(await deliveriesOf()).toMatchObject([
        { attempts: [{ status: 410 }, { status: null, errorClass: 'subscription-disabled' }] },
      ]);
    });
    await becomes('dead_letter');
    expect(subscriber.received).toHaveLength(1);
    await setSubscriptionStatus(store.db, crm.id, 'active', null);
    await createEventRuns(session.client).signal('17', { kind: 'retry' });
    await becomes('processed');
    expect(subscriber.received).toHaveLength(2);
  }, 60_000);

  test('Retry-After is honoured where it is longer than the schedule', async () => {
    let first = true;
    subscriber.behave(() => {
      const reply = first ? { status: 429, headers: { 'retry-after': '2' } } : { status: 200 };
      first = false;
      return reply;
    });
    await start();
    await accept({});
    await becomes('processed');
    const [one, two] = subscriber.received;
    expect(two!.atMs - one!.atMs).toBeGreaterThanOrEqual(1_900);
  }, 60_000);

  test('a subscriber that hangs holds up only its own delivery, and is not tried first for a while', async () => {
    const healthy = await startSubscriber();
    await subscribe(store, { name: 'erp', url: healthy.url });
    subscriber.behave(() => 'hang');
    await start('0,60');
    await accept({});
    await eventually(() => {
      expect(healthy.received).toHaveLength(1);
    });
    await becomes('delivering');
    const [delivery] = await deliveriesOf();
    expect(delivery!.attempts).toMatchObject([{ status: null, errorClass: 'timeout' }]);
    expect(delivery!.attempts[0]!.durationMs).toBeLessThan(2_500);
    // Cut off: the next event is put off to the queue of deliveries, and takes no place meanwhile.
    await accept({ eventId: '18', recordId: 18 });
    await eventually(async () => {
      expect(healthy.received).toHaveLength(2);
      const { raw } = await handle('18').describe();
      expect(raw.pendingActivities).toHaveLength(1);
    });
    await becomes('delivering', '18');
    expect((await deliveriesOf('18')).find(({ state }) => state === 'waiting')?.attempts).toEqual([]);
    await healthy.close();
  }, 60_000);

  test('exhausted, an event is parked: found by its status, with details that say what to press', async () => {
    answered(500, 500, 500, 500, 200);
    await start();
    await accept({});
    await becomes('dead_letter');
    expect((await deliveriesOf())[0]!.attempts.at(-1)!.message).toMatch(/given up after 4 attempts/);
    await eventually(async () => {
      const query = `EventStatus = 'dead_letter' AND ExecutionStatus = 'Running'`;
      expect((await session.client.workflow.count(query)).count).toBe(1);
    });
    const metadata = await handle().query<{ currentDetails: string }>('__temporal_workflow_metadata');
    expect(metadata.currentDetails).toMatch(
      /Dead letter: write res\.partner 16[^]*crm[^]*500[^]*retry[^]*discard/,
    );
    const { raw } = await handle().describe();
    expect(raw.pendingActivities).toEqual([]);

    await handle().signal(retrySignal);
    await becomes('processed');
    expect(new Set(subscriber.received.map(({ id }) => id)).size).toBe(1);
    expect(await handle().result()).toBe('processed');
    await eventually(async () => {
      expect((await session.client.workflow.count(`EventStatus = 'processed'`)).count).toBe(1);
    });
  }, 60_000);

  test('a dead letter that is discarded ends, and the deliveries that wait end with it', async () => {
    await subscribe(store, { name: 'slow', url: `${subscriber.url}/slow` });
    subscriber.behave(({ path }) => ({ status: path === '/slow' ? 500 : 404 }));
    await start('0,60');
    await accept({});
    await parks();
    await eventually(async () => {
      expect((await deliveriesOf()).map(({ state }) => state)).toEqual(['dead', 'waiting']);
    });
    await handle().signal(discardSignal, { reason: 'a test' });
    await becomes('discarded');
    expect((await deliveriesOf()).map(({ state }) => state)).toEqual(['discarded', 'discarded']);
    expect(await handle().result()).toBe('discarded');
  }, 60_000);

  test('a signal to an event that is no dead letter changes nothing, also when Reset gives it again', async () => {
    subscriber.behave(() => ({ status: 500 }));
    await start('0,1,60');
    await accept({});
    await becomes('delivering');
    await handle().signal(discardSignal, { reason: 'too early' });
    await handle().signal(retrySignal);
    await eventually(() => {
      expect(subscriber.received.length).toBe(2);
    });
    expect((await readEvent(store.db, '17'))?.status).toBe('delivering');
  }, 60_000);

  test('Reset of a finished event delivers it again under the same id', async () => {
    await start();
    await accept({});
    await becomes('processed');
    await handle().result();
    const { events } = await handle().fetchHistory();
    const firstTask = events!.find((event) => event.workflowTaskCompletedEventAttributes)!.eventId!;
    await session.client.workflowService.resetWorkflowExecution({
      namespace: session.namespace,
      workflowExecution: { workflowId: '17' },
      reason: 'a test',
      workflowTaskFinishEventId: firstTask,
      requestId: 'reset-1',
    });
    await eventually(() => {
      expect(subscriber.received).toHaveLength(2);
    });
    expect(new Set(subscriber.received.map(({ id }) => id)).size).toBe(1);
    await becomes('processed');
    expect((await deliveriesOf())[0]!.attempts).toHaveLength(2);
  }, 60_000);

  test('Reset behind the route of a dead letter takes the event over, and what is delivered then counts', async () => {
    answered(500, 500, 200);
    await start('0,0.2');
    await accept({});
    await becomes('dead_letter');
    // The task that scheduled the second attempt; `route` and the first one lie before it.
    const { events } = await handle().fetchHistory();
    const scheduled = events!.find((event) => event.activityTaskScheduledEventAttributes);
    const finish = scheduled!.activityTaskScheduledEventAttributes!.workflowTaskCompletedEventId!;
    const { runId } = await handle().describe();
    await session.client.workflowService.resetWorkflowExecution({
      namespace: session.namespace,
      workflowExecution: { workflowId: '17', runId },
      reason: 'a test',
      workflowTaskFinishEventId: finish,
      requestId: 'reset-2',
    });
    await becomes('processed');
    expect(subscriber.received).toHaveLength(3);
  }, 60_000);

  test('a replay delivers again, also to who subscribed since', async () => {
    await start();
    await accept({});
    await becomes('processed');
    await handle().result();
    await subscribe(store, { name: 'erp', url: `${subscriber.url}/erp` });
    expect(await askReplay(store.db, '17', 'a test')).toMatchObject({ kind: 'asked' });
    await returnToPending(store.db, '17');
    await eventually(() => {
      expect(subscriber.received.map(({ path }) => path).sort()).toEqual(['/erp', '/hook', '/hook']);
    });
    await becomes('processed');
    const toCrm = subscriber.received.filter(({ path }) => path === '/hook');
    expect(toCrm[0]!.id).toBe(toCrm[1]!.id);
    expect((await readTotals(store.db)).of('restarted')).toBe(0);
  }, 60_000);

  test('fifty dead letters are mended by one signal for all', async () => {
    subscriber.behave(() => ({ status: 404 }));
    await start();
    await accept(
      ...Array.from({ length: 50 }, (_, n) => ({
        eventId: String(n + 100),
        recordId: n + 1,
        payload: { n },
      })),
    );
    await eventually(async () => {
      expect((await readTotals(store.db)).states).toMatchObject({ dead_letter: 50 });
    }, 30_000);
    const query = `EventStatus="dead_letter" AND ExecutionStatus="Running"`;
    await eventually(async () => {
      expect((await session.client.workflow.count(query)).count).toBe(50);
    });
    subscriber.behave(TAKES_ALL);
    await session.client.workflowService.startBatchOperation({
      namespace: session.namespace,
      jobId: 'mend',
      visibilityQuery: query,
      reason: 'a test',
      signalOperation: { signal: 'retry' },
    });
    await eventually(async () => {
      expect((await readTotals(store.db)).states).toMatchObject({ dead_letter: 0, processed: 50 });
    }, 60_000);
    expect(subscriber.taken()).toHaveLength(50);
  }, 120_000);

  test('a deleted subscription gets nothing more, and its event is closed', async () => {
    subscriber.behave(() => ({ status: 500 }));
    await start('0,0.5,0.5');
    await accept({});
    await becomes('delivering');
    await setSubscriptionStatus(store.db, crm.id, 'deleted', null);
    await becomes('processed');
    expect((await deliveriesOf())[0]!.state).toBe('discarded');
  }, 60_000);

  test('a private address is refused without a connection', async () => {
    await start('0,0.2', { JISR_WEBHOOK_ALLOW_CIDR: '' });
    await accept({});
    await becomes('dead_letter');
    expect(subscriber.received).toEqual([]);
    expect((await deliveriesOf())[0]!.attempts).toMatchObject([
      { status: null, errorClass: 'address-refused' },
    ]);
  }, 60_000);

  test('a dead letter to which nobody attends fails its run at last, and can be retried all the same', async () => {
    answered(404);
    await start();
    // As after 30 days: the run is gone, the row is a dead letter.
    await accept({});
    await becomes('dead_letter');
    await handle().terminate('30 days went by');
    expect(await createEventRuns(session.client).signal('17', { kind: 'retry' })).toBe(false);
    expect(await askRetry(store.db, '17')).toMatchObject({ kind: 'asked' });
    await returnToPending(store.db, '17');
    await becomes('processed');
    expect(subscriber.received).toHaveLength(2);
  }, 60_000);
});
