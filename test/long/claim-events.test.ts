// What may start, and in which order.
import { sql } from 'drizzle-orm';
import { claimEvents, type ClaimLimits } from '../../src/activities/claim-events';
import type { EventCopy } from '../../src/domain/event';
import { createIntake } from '../../src/intake/accept';
import type { BatchToStart } from '../../src/contracts/event-runs';
import { recordAttempts } from '../../src/store/deliveries/record';
import { claimRows } from '../../src/store/events/claim';
import { handOver } from '../../src/store/events/hand-over';
import { readEvent } from '../../src/store/events/read';
import { completeEvents, routeEvents } from '../../src/store/events/route';
import { anArrival, aSource } from '../support/builders';
import { eventRowsRead } from '../support/rows-read';
import { subscribe } from '../support/subscriptions';
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
  const claim = async (limits: Partial<ClaimLimits> = {}) =>
    claimEvents(store.db, {
      maxInFlight: 100,
      policy: { rules: [], otherwise: 'auto' },
      listBytes: 16_000,
      wasBacklog: false,
      nowMs: 1_000,
      ...limits,
    });
  const claimKeys = async (maxInFlight = 100) =>
    (await claim({ maxInFlight, policy: { rules: [], otherwise: 'individually' } })).events.map(
      ({ key }) => key,
    );
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
    const first = await claim();
    expect(first.events.map(({ key, priority }) => [key, priority])).toEqual([
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
    expect(await claim({ maxInFlight: 5 })).toMatchObject({ events: [], waiting: true });
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
    expect(await claim({ maxInFlight: 10 })).toMatchObject({ events: [], waiting: true });
  });

  test('two claimers at once never get the same event', async () => {
    await accept(Array.from({ length: 50 }, (_, n) => ({ eventId: String(n + 1), recordId: n + 1 })));
    const claims = await Promise.all([claimKeys(), claimKeys(), claimKeys()]);
    expect(claims.flat()).toHaveLength(50);
    expect(new Set(claims.flat()).size).toBe(50);
  });

  const inBatches = async (limits: Partial<ClaimLimits> = {}) =>
    claim({ policy: { rules: [], otherwise: 'in_batches' }, ...limits });
  const keysOf = ({ events }: BatchToStart) => events.map(({ key }) => key);

  test('batches take whole records in order, the urgent first, and three at most', async () => {
    await accept([
      ...Array.from({ length: 700 }, (_, n) => ({ eventId: String(n + 1), recordId: (n % 350) + 1 })),
      { eventId: 'a', recordId: 10_000, priority: 'low' as const },
      { eventId: 'b', recordId: 10_000, priority: 'high' as const },
    ]);
    const { events, batches, waiting } = await inBatches();
    expect(events).toEqual([]);
    expect(batches.map((batch) => batch.events.length)).toEqual([200, 200, 200]);
    expect(keysOf(batches[0]!).slice(0, 6)).toEqual(['a', 'b', '1', '351', '2', '352']);
    expect(batches[0]).toMatchObject({ workflowId: 'batch/a-1000', source: 'main' });
    expect(waiting).toBe(true);
    expect((await inBatches()).batches).toEqual([]);
    await routeEvents(
      store.db,
      keysOf(batches[1]!).map((key) => ({ key, runId: 'r', workflowId: batches[1]!.workflowId })),
    );
    const next = await inBatches({ nowMs: 2_000 });
    expect(next.batches.map((batch) => batch.events.length)).toEqual([102]);
    expect((await inBatches()).waiting).toBe(false);
  });

  test('auto goes in batches while there is a backlog, and to its end', async () => {
    await accept(Array.from({ length: 1_001 }, (_, n) => ({ eventId: String(n + 1), recordId: n + 1 })));
    const backlog = await claim();
    expect(backlog).toMatchObject({ isBacklog: true, events: [] });
    expect(backlog.batches).toHaveLength(3);
    await store.empty();
    await accept(Array.from({ length: 1_000 }, (_, n) => ({ eventId: String(n + 1), recordId: n + 1 })));
    const few = await claim();
    expect(few).toMatchObject({ isBacklog: false, batches: [] });
    expect(few.events).toHaveLength(100);
    expect((await claim({ wasBacklog: true })).batches.length).toBeGreaterThan(0);
  });

  test('what a run had before goes alone, and what waits behind it waits', async () => {
    await accept([
      { eventId: '1', recordId: 1 },
      { eventId: '2', recordId: 1, payload: { n: 2 } },
      { eventId: '3', recordId: 3 },
    ]);
    await subscribe(store, { url: 'http://crm.test/' });
    const run = { key: '1', runId: 'r1', workflowId: 'batch/x' };
    await claimRows(
      store.db,
      [{ seq: (await readEvent(store.db, '1'))!.seq, workflowId: 'batch/x' }],
      60_000,
    );
    await routeEvents(store.db, [run]);
    expect(await handOver(store.db, [run])).toBe(1);
    const { events, batches } = await inBatches();
    expect(events).toMatchObject([{ key: '1', ranBefore: true }]);
    expect(batches.map(keysOf)).toEqual([['3']]);
    expect((await readEvent(store.db, '1'))!.workflowId).toBe('1');
  });

  test('a batch takes nothing that was claimed for another workflow meanwhile', async () => {
    await accept([{ eventId: '1', recordId: 1 }]);
    const [batch] = (await inBatches()).batches;
    await store.db.execute(sql`update events set lease_until = now() - interval '1 s'`);
    expect(await claimKeys()).toEqual(['1']);
    const late = { key: '1', runId: 'late', workflowId: batch!.workflowId };
    expect(await routeEvents(store.db, [late])).toMatchObject([{ standing: 'older', status: 'pending' }]);
    expect(await completeEvents(store.db, [late])).toEqual(['pending']);
  });

  test('a single run that was started before its event went in a batch delivers nothing again', async () => {
    await subscribe(store, { url: 'http://crm.test/' });
    await createIntake(store.db).accept(aSource(), 'push', [anArrival({ eventId: '1' })], 10_000);
    await store.db.execute(sql`update events set lease_until = now() - interval '1 s'`);
    const [batch] = (await inBatches()).batches;
    const run = { key: '1', runId: 'b', workflowId: batch!.workflowId };
    const [routed] = await routeEvents(store.db, [run]);
    const attempt = { status: 200, durationMs: 1, response: '', errorClass: null, message: 'ok' };
    const { id } = routed!.waiting[0]!;
    await recordAttempts(store.db, [{ ...run, id, attempt, end: { state: 'sent' } }]);
    const late = { key: '1', runId: 'late', workflowId: '1' };
    expect(await routeEvents(store.db, [late])).toMatchObject([{ standing: 'older', status: 'processed' }]);
  });

  test('sources take turns for the batch that is free', async () => {
    const sources = ['a', 'b', 'c', 'd'];
    for (const name of sources)
      await accept(
        Array.from({ length: 800 }, (_, n) => ({ eventId: String(n + 1), recordId: n + 1 })),
        aSource({ name, keyPrefix: `${name}/` }),
      );
    const served: string[] = [];
    const running: BatchToStart[] = [];
    for (let nowMs = 1; nowMs <= 12; nowMs += 1) {
      const { batches } = await inBatches({ nowMs });
      served.push(...batches.map(({ source }) => source));
      for (const { events } of batches) expect(events).toHaveLength(200);
      running.push(...batches);
      const done = running.shift()!;
      await routeEvents(
        store.db,
        keysOf(done).map((key) => ({ key, runId: `r${nowMs}`, workflowId: done.workflowId })),
      );
    }
    for (const name of sources) expect(served.filter((one) => one === name).length).toBeGreaterThan(1);
  });

  test('a look with all batches out reads little of the backlog', async () => {
    for (let page = 0; page < 10; page += 1)
      await accept(
        Array.from({ length: 1_000 }, (_, n) => ({
          eventId: `${page * 1_000 + n}`,
          recordId: page * 1_000 + n + 1,
        })),
      );
    expect((await claim()).batches).toHaveLength(3);
    const { rows } = await eventRowsRead(store.db, () => claim({ wasBacklog: true }));
    expect(rows).toBeLessThan(3_000);
  }, 120_000);

  test('rules by model and priority decide, and both kinds have their own places', async () => {
    await accept([
      { eventId: '1', recordId: 1, model: 'sale.order', priority: 'high' },
      { eventId: '2', recordId: 2, model: 'sale.order', priority: 'low' },
      { eventId: '3', recordId: 3, model: 'stock.quant', priority: 'high' },
    ]);
    const policy = {
      otherwise: 'individually' as const,
      rules: [
        { source: null, model: 'stock.*', priorities: null, mode: 'in_batches' as const },
        { source: null, model: '*', priorities: ['low' as const], mode: 'in_batches' as const },
      ],
    };
    const { events, batches } = await claim({ policy });
    expect(events.map(({ key }) => key)).toEqual(['1']);
    expect(batches.map(keysOf)).toEqual([['3', '2']]);
  });

  test('two claimers of batches at once never get the same event, nor one before an earlier one', async () => {
    await accept(
      Array.from({ length: 300 }, (_, n) => ({
        eventId: String(n + 1),
        recordId: (n % 100) + 1,
        payload: { n },
      })),
    );
    const claims = await Promise.all([inBatches(), inBatches({ nowMs: 2 }), inBatches({ nowMs: 3 })]);
    const batches = claims.flatMap((one) => one.batches);
    const keys = batches.flatMap(keysOf);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { events } of batches)
      for (const { recordId } of events) {
        const ofRecord = events.filter((event) => event.recordId === recordId).map(({ key }) => Number(key));
        expect(ofRecord).toEqual([recordId, recordId + 100, recordId + 200].slice(0, ofRecord.length));
      }
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
    for (let again = 0; ; again += 1) {
      const { result: keys, rows } = await eventRowsRead(store.db, () => claimKeys(100));
      if (again === 4 || rows < 2_000) return { keys, rows };
      await store.db.execute(sql`update events set lease_until = null where lease_until is not null`);
    }
  }
});
