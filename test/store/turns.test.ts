// Whose turn it is among the deliveries of a record: what stands before one, and what takes its place.
import { sql } from 'drizzle-orm';
import type { EventCopy } from '../../src/domain/event';
import { createIntake } from '../../src/intake/accept';
import { loadDeliveries } from '../../src/store/deliveries/load';
import { markToOpen, openDeliveries } from '../../src/store/deliveries/of-events';
import { recordAttempts } from '../../src/store/deliveries/record';
import type { DeliveryEnd } from '../../src/store/deliveries/recorded-event';
import { readEvent } from '../../src/store/events/read';
import { routeEvents } from '../../src/store/events/route';
import { settleStale, staleEvents } from '../../src/store/events/stale';
import { deliveries } from '../../src/store/schema';
import { anArrival, aSource } from '../support/builders';
import { setOptions } from '../support/delivery-options';
import { describeOnBothEngines, type TestStore } from '../support/stores';
import { subscribe } from '../support/subscriptions';

describeOnBothEngines('turns', (open) => {
  let store: TestStore;
  beforeAll(async () => {
    store = await open();
  }, 60_000);
  beforeEach(() => store.empty());
  afterAll(() => store.close());

  const run = (key: string) => ({ key, runId: `run of ${key}`, workflowId: key });
  /** Accepts and routes changes of record 5, unless they say otherwise; answers the id of each one's delivery. */
  async function waiting(...copies: Partial<EventCopy>[]): Promise<readonly string[]> {
    const arrivals = copies.map((copy, n) =>
      anArrival({ eventId: String(n + 1), recordId: 5, payload: { n }, ...copy }),
    );
    await createIntake(store.db).accept(aSource(), 'pull', arrivals, null);
    const routed = await routeEvents(
      store.db,
      arrivals.map((_, n) => run(String(n + 1))),
    );
    return routed.map((one) => one!.waiting[0]!.id);
  }
  const settle = (key: string, id: string, end: DeliveryEnd) =>
    recordAttempts(store.db, [{ key, runId: run(key).runId, id, attempt: null, end }]);
  const blocked = async (ids: readonly string[]) =>
    (await loadDeliveries(store.db, ids)).map((loaded) => loaded!.blockerDueInMs !== null);
  const superseded = async (ids: readonly string[]) =>
    (await loadDeliveries(store.db, ids)).map((loaded) => loaded!.isSuperseded);
  const records = async () => (await store.db.select().from(deliveries)).map(({ record }) => record);

  const ordered = async () =>
    setOptions(store, (await subscribe(store, { url: 'http://a.test' })).id, { ordered: true });
  const coalesced = async () =>
    setOptions(store, (await subscribe(store, { url: 'http://a.test' })).id, { coalesce: true });

  test('only deliveries whose record matters carry it', async () => {
    await ordered();
    await subscribe(store, { name: 'plain', url: 'http://b.test' });
    await waiting({});
    expect((await records()).sort()).toEqual(['main res.partner/5', null]);
  });

  test('ordered: each waits for those before it, of its record only', async () => {
    await ordered();
    expect(await blocked(await waiting({}, {}, { recordId: 6 }, {}))).toEqual([false, true, false, true]);
  });

  test('without an order nothing waits for another', async () => {
    await coalesced();
    expect(await blocked(await waiting({}, {}))).toEqual([false, false]);
  });

  test.each(['sent', 'dead', 'discarded', 'superseded'] as const)(
    'ordered: %s gives the turn on',
    async (state) => {
      await ordered();
      const ids = await waiting({}, {});
      await settle('1', ids[0]!, { state });
      expect(await blocked([ids[1]!])).toEqual([false]);
    },
  );

  test('ordered: it is told when the first one before it is due', async () => {
    await ordered();
    const ids = await waiting({}, {}, {});
    await settle('1', ids[0]!, { state: 'waiting', afterMs: 60_000 });
    const [, , third] = await loadDeliveries(store.db, ids);
    expect(third!.blockerDueInMs).toBeGreaterThan(50_000);
  });

  test('ordered: an older one that is opened again waits for nobody, and what waits behind it for it', async () => {
    await ordered();
    const ids = await waiting({}, {}, {});
    await settle('1', ids[0]!, { state: 'sent' });
    await settle('2', ids[1]!, { state: 'sent' });
    await openDeliveries(store.db, [{ id: ids[0]! }]);
    expect(await blocked([ids[0]!, ids[2]!])).toEqual([false, true]);
  });

  test('ordered: what waits for one subscription holds nothing of another', async () => {
    await ordered();
    const erp = await subscribe(store, { name: 'erp', url: 'http://b.test' });
    await setOptions(store, erp.id, { ordered: true });
    await waiting({}, {});
    await store.db.execute(
      sql`update deliveries set state = 'sent' where event_seq = 1 and subscription_id = ${erp.id}`,
    );
    const rows = await store.db.select().from(deliveries);
    const second = rows.filter(({ eventSeq, state }) => eventSeq === 2 && state === 'waiting');
    const found = await loadDeliveries(
      store.db,
      second.map(({ id }) => id),
    );
    expect(found.map((one) => [one!.subscription.name, one!.blockerDueInMs !== null]).sort()).toEqual([
      ['crm', true],
      ['erp', false],
    ]);
  });

  test('coalesced: of the writes of a record that wait only the newest is not superseded', async () => {
    await coalesced();
    const ids = await waiting({}, { recordId: 6 }, {}, {});
    expect(await superseded(ids)).toEqual([true, false, true, false]);
  });

  test('coalesced: creates and deletes are never superseded, and supersede nothing', async () => {
    await coalesced();
    const ids = await waiting({ operation: 'create' }, {}, {}, { operation: 'unlink' });
    expect(await superseded(ids)).toEqual([false, true, false, false]);
  });

  test('coalesced: what is sent already supersedes nothing', async () => {
    await coalesced();
    const ids = await waiting({}, {});
    await settle('2', ids[1]!, { state: 'sent' });
    expect(await superseded(ids)).toEqual([false, false]);
  });

  test('coalesced: one that went out while an older one waited for another try stands for that', async () => {
    await coalesced();
    const ids = await waiting({}, {});
    await settle('1', ids[0]!, { state: 'waiting', afterMs: 60_000 });
    await settle('2', ids[1]!, { state: 'sent' });
    expect(await superseded(ids)).toEqual([true, false]);
    await openDeliveries(store.db, [{ id: ids[0]! }]);
    expect(await superseded(ids)).toEqual([false, false]);
  });

  test('coalesced: what a person wants made again is not superseded by what waits', async () => {
    await coalesced();
    const ids = await waiting({}, {});
    await markToOpen(store.db, [{ id: ids[0]! }]);
    expect(await superseded(ids)).toEqual([false, false]);
  });

  test('put off, a delivery keeps the time of its next attempt', async () => {
    await ordered();
    const ids = await waiting({});
    await settle('1', ids[0]!, { state: 'waiting', afterMs: 60_000 });
    await settle('1', ids[0]!, { state: 'put-off' });
    expect((await loadDeliveries(store.db, ids))[0]!.dueInMs).toBeGreaterThan(50_000);
  });

  test('ordered: a dead letter whose run is gone holds nobody up', async () => {
    await ordered();
    const ids = await waiting({}, {});
    await store.db.execute(sql`update events set lease_until = now() - interval '1 s' where seq = 1`);
    const [stale] = await staleEvents(store.db, 1);
    expect(await settleStale(store.db, stale!, 'dead_letter')).toBe(true);
    expect(await blocked([ids[1]!])).toEqual([false]);
  });

  test('a superseded delivery closes its event', async () => {
    await coalesced();
    const ids = await waiting({}, {});
    await settle('1', ids[0]!, { state: 'superseded' });
    expect((await readEvent(store.db, '1'))?.status).toBe('processed');
  });
});
