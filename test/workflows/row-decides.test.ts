// The row, not Temporal, says whether an event is done: whatever is lost or ended over there, every event
// ends processed or dead_letter, and the dispatcher goes on.
import { sql } from 'drizzle-orm';
import { createIntake } from '../../src/intake/accept';
import type { StorageActivities } from '../../src/contracts/activities';
import type { WorkerPorts } from '../../src/roles/worker-role';
import { startSubscriber, type Subscriber } from '../../src/demo/subscriber';
import { readTotals } from '../../src/store/counters';
import { readEvent } from '../../src/store/events/read';
import type { TemporalSession } from '../../src/temporal/session';
import { anArrival, aSource } from '../support/builders';
import { eventually, openTestSession, startTestBridge, testConfig, type TestBridge } from '../support/bridge';
import { describeOnBothEngines, type TestStore } from '../support/stores';
import { subscribe } from '../support/subscriptions';

/** Holds deliveries back, so that wanted events stand in `processing`. */
function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const held = async <T>(work: () => Promise<T>): Promise<T> => {
    await opened;
    return work();
  };
  const deliveries: WorkerPorts['deliveries'] = (activities) => ({
    ...activities,
    deliverQuickly: (ref) => held(() => activities.deliverQuickly(ref)),
    deliver: (ref) => held(() => activities.deliver(ref)),
  });
  return { open, ports: { deliveries } satisfies WorkerPorts };
}

describeOnBothEngines('the row decides', (openStore, engine) => {
  let store: TestStore;
  let session: TemporalSession;
  let bridge: TestBridge | null = null;
  let subscriber: Subscriber;

  beforeAll(async () => {
    store = await openStore();
  }, 60_000);
  beforeEach(async () => {
    await store.empty();
    session = await openTestSession();
    subscriber = await startSubscriber();
    await subscribe(store, { url: subscriber.url });
  }, 60_000);
  afterEach(async () => {
    await subscriber.close();
    await bridge?.stop();
    bridge = null;
    await session.close();
  }, 30_000);
  afterAll(() => store.close());

  const start = async (ports: WorkerPorts = {}, over: Record<string, string> = {}) => {
    bridge = await startTestBridge({ config: testConfig(over), store, session, ports });
    return bridge;
  };
  const accept = (count: number) =>
    createIntake(store.db).accept(
      aSource(),
      'pull',
      Array.from({ length: count }, (_, n) =>
        anArrival({ eventId: String(n + 1), recordId: n + 1, payload: { n } }),
      ),
      null,
    );
  const states = async () => (await readTotals(store.db)).states;
  const become = (wanted: Partial<Awaited<ReturnType<typeof states>>>, timeoutMs = 30_000) =>
    eventually(async () => {
      expect(await states()).toMatchObject(wanted);
    }, timeoutMs);
  const expireLeases = () =>
    store.db.execute(
      sql`update events set lease_until = now() - interval '1 s' where status in ('processing', 'delivering')`,
    );

  test('Temporal’s store emptied while events are pending and processing: all end processed', async () => {
    const held = gate();
    await start(held.ports);
    await accept(5);
    await become({ processing: 5 });
    await bridge!.stop();
    await createIntake(store.db).accept(
      aSource(),
      'pull',
      [anArrival({ eventId: '100', recordId: 100 })],
      null,
    );
    await session.close();
    session = await openTestSession();
    await expireLeases();
    await start();
    await become({ processed: 6, pending: 0, processing: 0 });
    expect((await readTotals(store.db)).of('lost_runs')).toBe(5);
    held.open();
  }, 90_000);

  test('Jisr’s store emptied while Temporal remembers closed runs under the same ids: all are processed', async () => {
    await start();
    await accept(10);
    await become({ processed: 10 });
    await store.empty();
    await accept(10);
    await become({ processed: 10, pending: 0 });
    expect((await readTotals(store.db)).of('restarted')).toBe(10);
  }, 90_000);

  test('a workflow terminated in the middle: its event is a dead letter, the others are processed', async () => {
    const held = gate();
    await start(held.ports);
    await accept(3);
    await become({ processing: 3 });
    await session.client.workflow.getHandle('2').terminate('by hand');
    await expireLeases();
    await become({ dead_letter: 1, processing: 2 });
    held.open();
    await become({ dead_letter: 1, processed: 2, processing: 0 });
    expect((await readEvent(store.db, '2'))?.status).toBe('dead_letter');
  }, 90_000);

  test('an open run only gets its lease renewed', async () => {
    const held = gate();
    await start(held.ports);
    await accept(1);
    await become({ processing: 1 });
    await expireLeases();
    await eventually(async () => {
      const { rows } = await store.db.execute<{ live: boolean }>(
        sql`select lease_until > now() as live from events`,
      );
      expect(rows).toEqual([{ live: true }]);
    });
    expect(await states()).toMatchObject({ processing: 1 });
    held.open();
    await become({ processed: 1 });
  }, 90_000);

  test('the dispatcher terminated by hand is back within seconds', async () => {
    await start();
    await eventually(() => session.client.workflow.getHandle('event-dispatch').terminate('by hand'));
    await accept(3);
    await become({ processed: 3 });
  }, 60_000);

  // Once is enough for the long one.
  const count = engine === 'pglite' ? 3000 : 500;
  test(`a run of ${count} without faults routes each event once, in order per record, and leaves nothing in hand`, async () => {
    const routed: string[] = [];
    const storage = (activities: StorageActivities): StorageActivities => ({
      ...activities,
      route: (run) => {
        routed.push(run.key);
        return activities.route(run);
      },
    });
    const records = Math.floor(count / 4);
    await createIntake(store.db).accept(
      aSource(),
      'pull',
      Array.from({ length: count }, (_, n) =>
        anArrival({
          eventId: String(n + 1),
          recordId: (n % records) + 1,
          payload: { n },
          priority: n % 7 === 0 ? 'high' : 'medium',
        }),
      ),
      null,
    );
    await start({ storage }, { JISR_PROCESSING: 'individually' });
    await become({ processed: count, pending: 0, processing: 0 }, 300_000);
    expect(routed).toHaveLength(count);
    expect(new Set(routed).size).toBe(count);
    for (let record = 0; record < records; record += 1) {
      const ofRecord = routed.map(Number).filter((key) => (key - 1) % records === record);
      expect(ofRecord).toEqual([...ofRecord].sort((a, b) => a - b));
    }
  }, 360_000);
});
