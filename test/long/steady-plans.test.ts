// The hot paths are prepared, some while the store is empty. Their plans must be as good when it is full, before anybody
// has looked at its statistics.
import { claimEvents } from '../../src/activities/claim-events';
import type { Channel } from '../../src/domain/event';
import { createIntake } from '../../src/intake/accept';
import { renewLeases } from '../../src/store/events/claim';
import { completeEvents, routeEvents } from '../../src/store/events/route';
import { anArrival, aSource } from '../support/builders';
import { eventRowsRead } from '../support/rows-read';
import { describeOnBothEngines, type TestStore } from '../support/stores';

const WAITING = 3_000;
const AT_ONCE = 20;
/** Of each event its row, its record's and its twins', several times over. A plan gone wrong reads all that wait. */
const FEW = 30 * AT_ONCE;

describeOnBothEngines('plans made on an empty store', (open) => {
  let store: TestStore;
  let next = 1;

  beforeAll(async () => {
    store = await open();
    await store.empty();
  });
  afterAll(() => store.close());

  const accept = (channel: Channel, count: number, leaseMs: number | null) =>
    createIntake(store.db).accept(
      aSource(),
      channel,
      Array.from({ length: count }, () => {
        const id = next++;
        return anArrival({ eventId: String(id), recordId: id, payload: { id } });
      }),
      leaseMs,
    );
  const push = (count: number, leaseMs: number | null) => accept('push', count, leaseMs);
  const pull = (count: number) => accept('pull', count, null);
  const claim = async () => {
    const { events } = await claimEvents(store.db, {
      maxInFlight: 3 * AT_ONCE,
      policy: { rules: [], otherwise: 'individually' },
      listBytes: 16_000,
      wasBacklog: false,
      nowMs: 1_000,
    });
    return events.map(({ key }) => key);
  };
  const process = async (keys: readonly string[]) => {
    const runs = keys.map((key) => ({ key, runId: 'r', workflowId: key }));
    await routeEvents(store.db, runs);
    await completeEvents(store.db, runs);
  };

  test('read few rows when it is full', async () => {
    await push(1, 10_000);
    await push(1, null);
    await pull(1);
    const [first = ''] = await claim();
    await renewLeases(store.db, [first], 10_000);
    await process([first]);
    for (let page = 0; page < WAITING / 1_000; page += 1) await push(1_000, null);

    const pushing = await eventRowsRead(store.db, () => push(AT_ONCE, 10_000));
    const pulling = await eventRowsRead(store.db, () => pull(AT_ONCE));
    const claiming = await eventRowsRead(store.db, claim);
    const keys = claiming.result;
    const renewing = await eventRowsRead(store.db, () => renewLeases(store.db, keys, 10_000));
    const processing = await eventRowsRead(store.db, () => process(keys));
    expect(keys.length).toBeGreaterThan(0);
    expect(Math.max(pushing.rows, pulling.rows, renewing.rows, processing.rows)).toBeLessThan(FEW);
    // It looks at more than it takes.
    expect(claiming.rows).toBeLessThan(2 * FEW);
  });
});
