// The row, not Temporal, says whether an event is done: whatever is lost or ended over there, every event
// ends processed or dead_letter, and the dispatcher goes on.
import { sql } from 'drizzle-orm';
import type { StorageActivities } from '../../src/contracts/activities';
import type { WorkerPorts } from '../../src/roles/worker-role';
import { readTotals } from '../../src/store/counters';
import { readEvent } from '../../src/store/events/read';
import { eventually } from '../support/bridge';
import { setStage } from '../support/stage';
import { describeOnBothEngines } from '../support/stores';
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

describeOnBothEngines('the row decides', (openStore) => {
  const { store, session, subscriber, start, stop, renewSession, accept, acceptQuietly, statesBecome } =
    setStage(openStore);
  beforeEach(async () => {
    await subscribe(store(), { url: subscriber().url });
  });

  const changes = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ eventId: String(n + 1), recordId: n + 1, payload: { n } }));
  const expireLeases = () =>
    store().db.execute(
      sql`update events set lease_until = now() - interval '1 s' where status in ('processing', 'delivering')`,
    );

  test('Temporal’s store emptied while events are pending and processing: all end processed', async () => {
    const held = gate();
    await start({}, held.ports);
    await accept(...changes(5));
    await statesBecome({ processing: 5 });
    await stop();
    await accept({ eventId: '100', recordId: 100 });
    await renewSession();
    await expireLeases();
    await start();
    await statesBecome({ processed: 6, pending: 0, processing: 0 });
    expect((await readTotals(store().db)).of('lost_runs')).toBe(5);
    held.open();
  }, 90_000);

  test('Jisr’s store emptied while Temporal remembers closed runs under the same ids: all are processed', async () => {
    await start();
    await accept(...changes(10));
    await statesBecome({ processed: 10 });
    await store().empty();
    // Nobody rings: the dispatcher looks by itself.
    await acceptQuietly(...changes(10));
    await statesBecome({ processed: 10, pending: 0 });
    expect((await readTotals(store().db)).of('restarted')).toBe(10);
  }, 90_000);

  test('a workflow terminated in the middle: its event is a dead letter, the others are processed', async () => {
    const held = gate();
    await start({}, held.ports);
    await accept(...changes(3));
    await statesBecome({ processing: 3 });
    await session().client.workflow.getHandle('2').terminate('by hand');
    await expireLeases();
    await statesBecome({ dead_letter: 1, processing: 2 });
    held.open();
    await statesBecome({ dead_letter: 1, processed: 2, processing: 0 });
    expect((await readEvent(store().db, '2'))?.status).toBe('dead_letter');
  }, 90_000);

  test('an open run only gets its lease renewed', async () => {
    const held = gate();
    await start({}, held.ports);
    await accept(...changes(1));
    await statesBecome({ processing: 1 });
    await expireLeases();
    await eventually(async () => {
      const { rows } = await store().db.execute<{ live: boolean }>(
        sql`select lease_until > now() as live from events`,
      );
      expect(rows).toEqual([{ live: true }]);
    });
    expect((await readTotals(store().db)).states).toMatchObject({ processing: 1 });
    held.open();
    await statesBecome({ processed: 1 });
  }, 90_000);

  test('the dispatcher terminated by hand is back within seconds', async () => {
    await start();
    await eventually(() => session().client.workflow.getHandle('event-dispatch').terminate('by hand'));
    await accept(...changes(3));
    await statesBecome({ processed: 3 });
  }, 60_000);

  // Several times what is claimed at once; thousands, with kills, are in the chaos suites.
  const count = 600;
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
    await accept(
      ...Array.from({ length: count }, (_, n) => ({
        eventId: String(n + 1),
        recordId: (n % records) + 1,
        payload: { n },
        priority: n % 7 === 0 ? ('high' as const) : ('medium' as const),
      })),
    );
    await start({ JISR_PROCESSING: 'individually' }, { storage });
    await statesBecome({ processed: count, pending: 0, processing: 0 }, 300_000);
    expect(routed).toHaveLength(count);
    expect(new Set(routed).size).toBe(count);
    for (let record = 0; record < records; record += 1) {
      const ofRecord = routed.map(Number).filter((key) => (key - 1) % records === record);
      expect(ofRecord).toEqual([...ofRecord].sort((a, b) => a - b));
    }
  }, 360_000);
});
