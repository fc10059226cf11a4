// What may start, and in which order.
import { sql } from 'drizzle-orm';
import { claimEvents } from '../../src/activities/claim-events';
import type { EventCopy } from '../../src/domain/event';
import { createIntake } from '../../src/intake/accept';
import { routeEvents } from '../../src/store/events/route';
import { anArrival, aSource } from '../support/builders';
import { describeOnBothEngines, type TestStore } from '../support/stores';

describeOnBothEngines('the claim', (open) => {
  let store: TestStore;
  const accept = (copies: readonly Partial<EventCopy>[], source = aSource()) =>
    createIntake(store.db).accept(
      source,
      'pull',
      copies.map((copy) => anArrival(copy)),
      null,
    );
  const claimKeys = async (maxInFlight = 100) =>
    (await claimEvents(store.db, maxInFlight)).claimed.map((event) => event.key);
  const processed = (keys: readonly string[]) =>
    routeEvents(
      store.db,
      keys.map((key) => ({ key, runId: 'r', workflowId: key })),
    );

  beforeAll(async () => {
    store = await open();
  });
  beforeEach(() => store.empty());
  afterAll(() => store.close());

  test('high goes before medium before low, and older before newer', async () => {
    await accept([
      { eventId: '1', recordId: 1, priority: 'low' },
      { eventId: '2', recordId: 2, priority: 'medium' },
      { eventId: '3', recordId: 3, priority: 'high' },
      { eventId: '4', recordId: 4, priority: 'high' },
    ]);
    expect(await claimKeys()).toEqual(['3', '4', '2', '1']);
  });

  test('a record’s events go one after another, also when a later one has high priority', async () => {
    await accept([
      { eventId: '1', recordId: 1, priority: 'low', payload: { n: 1 } },
      { eventId: '2', recordId: 2, priority: 'medium' },
      { eventId: '3', recordId: 1, priority: 'high', payload: { n: 3 } },
    ]);
    // The first of record 1 inherits the rank of what waits behind it.
    const first = await claimEvents(store.db, 100);
    expect(first.claimed.map(({ key, priority }) => [key, priority])).toEqual([
      ['1', 'high'],
      ['2', 'medium'],
    ]);
    expect(await claimKeys()).toEqual([]);
    await processed(['1']);
    expect(await claimKeys()).toEqual(['3']);
  });

  test('no more are in flight than allowed', async () => {
    await accept(Array.from({ length: 20 }, (_, n) => ({ eventId: String(n + 1), recordId: n + 1 })));
    expect(await claimKeys(5)).toHaveLength(5);
    expect(await claimEvents(store.db, 5)).toEqual({ claimed: [], waiting: true });
    await processed(['1', '2']);
    expect(await claimKeys(5)).toHaveLength(2);
  });

  test('sources take turns', async () => {
    await accept(Array.from({ length: 30 }, (_, n) => ({ eventId: String(n + 1), recordId: n + 1 })));
    const hq = aSource({ name: 'hq', keyPrefix: 'hq/' });
    await accept(
      [
        { eventId: '1', recordId: 1 },
        { eventId: '2', recordId: 2 },
      ],
      hq,
    );
    expect(await claimKeys(4)).toEqual(['hq/1', '1', 'hq/2', '2']);
  });

  test('one record with a long queue does not hide the others', async () => {
    const queue = Array.from({ length: 600 }, (_, n) => ({
      eventId: String(n + 1),
      recordId: 1,
      payload: { n },
      priority: 'high' as const,
    }));
    await accept([...queue, { eventId: '1000', recordId: 2, priority: 'low' }]);
    expect(await claimKeys(10)).toEqual(['1', '1000']);
    expect(await claimEvents(store.db, 10)).toEqual({ claimed: [], waiting: true });
  });

  test('two claimers at once never get the same event', async () => {
    await accept(Array.from({ length: 50 }, (_, n) => ({ eventId: String(n + 1), recordId: n + 1 })));
    const claims = await Promise.all([claimKeys(), claimKeys(), claimKeys()]);
    expect(claims.flat()).toHaveLength(50);
    expect(new Set(claims.flat()).size).toBe(50);
  });

  test('right after 20,000 inserts without ANALYZE a claim reads as few rows as after it', async () => {
    const intake = createIntake(store.db);
    for (let page = 0; page < 20; page += 1) {
      const copies = Array.from({ length: 1000 }, (_, n) => {
        const id = page * 1000 + n + 1;
        return anArrival({ eventId: String(id), recordId: id % 5000 || 5000, payload: { id } });
      });
      await intake.accept(aSource(), 'pull', copies, null);
    }
    const before = await fewestRowsRead();
    await store.db.execute(sql`analyze events`);
    await store.db.execute(sql`update events set lease_until = null where lease_until is not null`);
    const after = await fewestRowsRead();
    expect(before.keys).toHaveLength(100);
    expect(after.keys).toHaveLength(100);
    // A look at the first 250 in rank, 100 heads, 100 updates; a plan gone wrong reads 20,000.
    expect({ before: before.rows < 2_000, after: after.rows < 2_000 }).toEqual({ before: true, after: true });
  }, 120_000);

  /** Autovacuum, and other connections' late statistics, only ever add to what is measured. */
  async function fewestRowsRead(): Promise<{ keys: string[]; rows: number }> {
    let fewest = await rowsRead(() => claimKeys(100));
    for (let again = 0; again < 4 && fewest.rows >= 2_000; again += 1) {
      await store.db.execute(sql`update events set lease_until = null where lease_until is not null`);
      const read = await rowsRead(() => claimKeys(100));
      if (read.rows < fewest.rows) fewest = read;
    }
    return fewest;
  }

  async function rowsRead(work: () => Promise<string[]>): Promise<{ keys: string[]; rows: number }> {
    const read = async () => {
      await store.db.execute(sql`select pg_stat_force_next_flush()`);
      await store.db.execute(sql`select pg_stat_clear_snapshot()`);
      const { rows } = await store.db.execute<{ n: number }>(sql`
        select (seq_tup_read + coalesce(idx_tup_fetch, 0))::float8 as n from pg_stat_user_tables where relname = 'events'`);
      return rows[0]!.n;
    };
    // The statistics of the other connections of a pool come in when these are idle.
    const settled = async () => {
      for (let last = await read(); ;) {
        await new Promise((resolve) => setTimeout(resolve, 1_100));
        const now = await read();
        if (now === last) return now;
        last = now;
      }
    };
    const start = await settled();
    const keys = await work();
    return { keys, rows: (await settled()) - start };
  }
});
