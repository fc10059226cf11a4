// From a push of the simulated Odoo to the subscriber: the endpoint, the worker and a real Temporal server.
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { startSubscriber, type Subscriber } from '../../src/demo/subscriber';
import { createPushBurst } from '../../src/control/push-burst';
import { quietTelemetry } from '../../src/roles/telemetry';
import { startApiRole, type ApiRole } from '../../src/roles/api-role';
import { Secret } from '../../src/config';
import { pauseSignal } from '../../src/contracts/messages';
import { createEventRuns } from '../../src/control/event-runs';
import { startSimulator } from '../../src/simulator/simulator';
import type { Simulator } from '../../src/simulator/simulator-types';
import { readTotals } from '../../src/store/counters';
import { listEvents, readEvent } from '../../src/store/events/read';
import { writeProcessingSettings } from '../../src/store/settings';
import type { TemporalSession } from '../../src/temporal/session';
import { readStream } from '../api/stream-reader';
import {
  eventually,
  log,
  openTestSession,
  pullFrom,
  SECRET_KEY,
  startTestBridge,
  testConfig,
  type TestBridge,
} from '../support/bridge';
import { describeOnBothEngines, type TestStore } from '../support/stores';
import { subscribe } from '../support/subscriptions';

const PRIORITY_KEYS = { high: 1, medium: 3, low: 5 };

describeOnBothEngines('pushes', (openStore) => {
  let store: TestStore;
  let session: TemporalSession;
  let odoo: Simulator;
  let subscriber: Subscriber;
  let bridge: TestBridge;
  let api: ApiRole;

  beforeAll(async () => {
    store = await openStore();
  }, 60_000);
  beforeEach(async () => {
    await store.empty();
    session = await openTestSession();
    odoo = await startSimulator();
    subscriber = await startSubscriber();
    await subscribe(store, { url: subscriber.url });
  }, 60_000);
  afterEach(async () => {
    await api.stop();
    await bridge.stop();
    await odoo.close();
    await subscriber.close();
    await session.close();
  }, 30_000);
  afterAll(() => store.close());

  async function start(
    env: Record<string, string> = {},
    config = testConfig({ PORT: '0', ODOO_PUSH_API_KEY: 'push-key', ...env }),
  ) {
    bridge = await startTestBridge({ config, store, session });
    api = await startApiRole({
      config,
      store,
      session,
      adminKey: new Secret('admin-key'),
      secretKey: SECRET_KEY,
      startsEagerly: true,
      burst: createPushBurst(Date.now),
      uiUrl: null,
      log,
      telemetry: quietTelemetry(),
    });
    odoo.setPush({
      url: `${api.url}/api/v1/webhooks/receive`,
      credentials: { kind: 'bearer', token: 'push-key' },
    });
  }
  const taken = (count: number) =>
    eventually(() => {
      expect(subscriber.taken()).toHaveLength(count);
    });
  const startOf = async (key: string) => {
    const { events } = await session.client.workflow.getHandle(key).fetchHistory();
    return events![0]!.workflowExecutionStartedEventAttributes!;
  };

  test('an event is started at the door, under its id, and its first task stays in this process', async () => {
    await start();
    // The server learns of a new namespace's search attributes within seconds; until then the dispatcher starts all.
    const unknown = {
      key: 'none',
      source: 'main',
      model: 'res.partner',
      recordId: 1,
      operation: 'write',
      priority: 'medium',
      ids: [{ channel: 'push', id: 'none' }],
    } as const;
    await eventually(() => createEventRuns(session.client).start(unknown, { again: true, eager: false }));
    const { pushId } = odoo.change({ operation: 'create' });
    const key = String(pushId);
    await taken(1);
    expect((await startOf(key)).eagerExecutionAccepted).toBe(true);
    expect(await readEvent(store.db, key)).toMatchObject({ channel: 'push', workflowId: key });
    const { started } = await bridge.control.dispatchStatus();
    odoo.changeMany(10, { operation: 'create' });
    await eventually(async () => {
      expect((await readTotals(store.db)).states).toMatchObject({ pending: 0, processing: 0 });
      expect((await readTotals(store.db)).of('pushed')).toBeGreaterThan(10);
    });
    // The dispatcher had nothing to do with it.
    expect((await bridge.control.dispatchStatus()).started).toBe(started);
  }, 60_000);

  test('above the rate of starts the dispatcher takes them', async () => {
    await start({ JISR_PUSH_START_RATE: '0' });
    odoo.changeMany(5, { operation: 'create' });
    await taken(5);
    expect((await bridge.control.dispatchStatus()).started).toBeGreaterThan(0);
  }, 60_000);

  test('where both channels count with one sequence, a pushed event is acknowledged by its own run', async () => {
    await start({ ...pullFrom(odoo), ODOO_SHARED_EVENT_IDS: 'true' });
    await bridge.control.pauseSource({ name: 'main', isFirst: true }, 'only pushes');
    await eventually(async () => {
      expect((await bridge.control.pullStatus({ name: 'main', isFirst: true })).state).toBe('paused');
    });
    odoo.changeMany(3, { operation: 'write' });
    await odoo.until('all marked', () => odoo.ledger.unmarked().length === 0, 20_000);
    expect(odoo.ledger.summary().served).toBe(0);
    await eventually(async () => {
      expect((await readTotals(store.db)).of('acknowledged')).toBe(3);
    });
  }, 60_000);

  test('where they do not, it is not: that id is another row’s', async () => {
    await start({ ...pullFrom(odoo), ODOO_PULL_INTERVAL_MS: '60000' });
    await session.client.workflow.getHandle('odoo-pull').signal(pauseSignal, { reason: 'only pushes' });
    await eventually(async () => {
      expect((await bridge.control.pullStatus({ name: 'main', isFirst: true })).state).toBe('paused');
    });
    odoo.changeMany(3, { operation: 'create' });
    await taken(3);
    await eventually(async () => {
      expect((await readTotals(store.db)).states.processed).toBe(3);
    });
    expect(odoo.ledger.summary().marked).toBe(0);
  }, 60_000);

  test('our own rules raise and lower what Odoo says, at the door, in the dispatcher and in Temporal', async () => {
    const config = testConfig({ PORT: '0', ODOO_PUSH_API_KEY: 'push-key', JISR_MAX_IN_FLIGHT: '1' });
    const rules = [
      { source: null, model: 'x.urgent', operations: null, fields: null, priority: 'high' },
      { source: null, model: 'x.*', operations: null, fields: null, priority: 'low' },
    ] as const;
    await start({}, { ...config, priorityRules: rules });
    await writeProcessingSettings(store.db, { paused: true, reason: null });
    for (const [place, model] of ['x.dull', 'x.dull', 'res.partner', 'x.urgent'].entries()) {
      odoo.change({
        model,
        recordId: place + 1,
        operation: 'create',
        priority: 'medium',
        payload: { place },
      });
      await odoo.pushesIdle();
    }
    const pending = await listEvents(store.db, {}, { order: 'asc', limitRows: 10, after: null });
    expect(pending.map(({ model, priority }) => [model, priority])).toEqual([
      ['x.dull', 'low'],
      ['x.dull', 'low'],
      ['res.partner', 'medium'],
      ['x.urgent', 'high'],
    ]);
    await writeProcessingSettings(store.db, { paused: false, reason: null });
    await taken(4);
    const order = subscriber
      .taken()
      .map(({ body }) => (JSON.parse(body) as { data: { model: string } }).data.model);
    expect(order).toEqual(['x.urgent', 'res.partner', 'x.dull', 'x.dull']);
    for (const { key, priority } of pending)
      expect((await startOf(key)).priority?.priorityKey).toBe(PRIORITY_KEYS[priority]);
  }, 60_000);

  test('a shutdown waits for the starts in flight, and leaves no lease behind that nobody uses', async () => {
    await start();
    odoo.changeMany(20, { operation: 'create' });
    await odoo.pushesIdle();
    await api.stop();
    const events = await listEvents(store.db, {}, { order: 'asc', limitRows: 100, after: null });
    expect(events).toHaveLength(20);
    await eventually(async () => {
      expect((await readTotals(store.db)).states.processed).toBe(20);
    });
  }, 60_000);

  test('who reads along gets a push, and the end of the process at once, with when to come again', async () => {
    await start();
    const key = { authorization: 'Bearer admin-key' };
    const reader = await readStream(api.url, '', key);
    const socket = new WebSocket(`${api.url.replace('http', 'ws')}/api/v1/events/ws`, { headers: key });
    const closed = once(socket, 'close');
    await once(socket, 'open');
    odoo.change({ operation: 'create' });
    await eventually(() => {
      expect(reader.seqs()).toHaveLength(1);
    });
    const startedAtMs = Date.now();
    await api.stop();
    await reader.ended;
    expect((await closed)[0]).toBe(1001);
    // Not only when open requests are cut.
    expect(Date.now() - startedAtMs).toBeLessThan(4_000);
    expect(reader.retries).toHaveLength(2);
  }, 60_000);
});
