// Moves of events between states, and their counters.
import { EVENT_STATES } from '../../src/domain/event-state';
import { createIntake } from '../../src/intake/accept';
import { readTotals } from '../../src/store/counters';
import { claimRows, eventsInFlight, queuesOf } from '../../src/store/events/claim';
import { recordAttempts } from '../../src/store/deliveries/record';
import { completeEvents, routeEvents } from '../../src/store/events/route';
import { settleStale, staleEvents } from '../../src/store/events/stale';
import { createSubscription } from '../../src/store/subscriptions';
import { readEvent } from '../../src/store/events/read';
import { sql } from 'drizzle-orm';
import { anArrival, aSource } from '../support/builders';
import { describeOnBothEngines, type TestStore } from '../support/stores';

const run = (runId: string, key = '17') => ({ key, runId, workflowId: key });

describeOnBothEngines('events', (open) => {
  let store: TestStore;
  const states = async () => (await readTotals(store.db)).states;
  const statusOf = async (key = '17') => (await readEvent(store.db, key))?.status;
  const accept = (...ids: string[]) =>
    createIntake(store.db).accept(
      aSource(),
      'pull',
      ids.map((id) => anArrival({ eventId: id, recordId: Number(id) })),
      null,
    );
  /** Somebody wants every event from now on. */
  const subscribe = () =>
    createSubscription(store.db, { name: 'crm', filter: {}, url: 'http://crm.test/', encryptedSecret: 'x' });
  const route = async (...runs: ReturnType<typeof run>[]) =>
    (await routeEvents(store.db, runs)).map(
      (routed) => routed && { standing: routed.standing, status: routed.status },
    );
  /** All deliveries of the event went out. */
  const sent = async (runId: string, key = '17') => {
    const [routed] = await routeEvents(store.db, [run(runId, key)]);
    const attempt = { status: 200, durationMs: 1, response: '', errorClass: null, message: 'ok' };
    await recordAttempts(
      store.db,
      routed!.waiting.map(({ id }) => ({ key, runId, id, attempt, end: { state: 'sent' as const } })),
    );
  };
  const expireLeases = () =>
    store.db.execute(
      sql`update events set lease_until = now() - interval '1 s' where lease_until is not null`,
    );

  beforeAll(async () => {
    store = await open();
  });
  beforeEach(async () => {
    await store.empty();
    await accept('17');
  });
  afterAll(() => store.close());

  test('an event that nobody wants is processed by route alone', async () => {
    expect(await route(run('r1'))).toEqual([{ standing: 'take', status: 'processed' }]);
    expect(await statusOf()).toBe('processed');
    expect(await states()).toMatchObject({ pending: 0, processing: 0, processed: 1 });
  });

  test('an event that somebody wants is processing until it is completed', async () => {
    await subscribe();
    expect(await route(run('r1'))).toEqual([{ standing: 'take', status: 'processing' }]);
    expect(await states()).toMatchObject({ pending: 0, processing: 1 });
    await completeEvents(store.db, [run('r1')]);
    expect(await statusOf()).toBe('processing');
    await sent('r1');
    await completeEvents(store.db, [run('r1')]);
    await completeEvents(store.db, [run('r1')]);
    expect(await states()).toMatchObject({ processing: 0, processed: 1 });
  });

  test('route of the run in hand answers as before and moves nothing', async () => {
    await subscribe();
    await route(run('r1'));
    expect(await route(run('r1'))).toEqual([{ standing: 'repeat', status: 'processing' }]);
    expect(await states()).toMatchObject({ processing: 1, pending: 0 });
  });

  test('an older run changes nothing', async () => {
    await subscribe();
    await route(run('r1'));
    await route(run('r2'));
    await completeEvents(store.db, [run('r1')]);
    expect(await route(run('r1'))).toEqual([{ standing: 'older', status: 'processing' }]);
    expect(await statusOf()).toBe('processing');
  });

  test('a new run takes a closed event over again, as Reset in the Web UI does', async () => {
    await subscribe();
    await sent('r1');
    await completeEvents(store.db, [run('r1')]);
    expect(await statusOf()).toBe('processed');
    expect(await route(run('r2'))).toEqual([{ standing: 'take', status: 'processing' }]);
    expect(await states()).toMatchObject({ processed: 0, processing: 1 });
  });

  test('a key that the inbox does not know is answered with null', async () => {
    expect(await route(run('r1', 'nobody'), run('r1'))).toEqual([
      null,
      { standing: 'take', status: 'processed' },
    ]);
  });

  test('an event that was discarded meanwhile stays so', async () => {
    await subscribe();
    await route(run('r1'));
    await store.db.execute(sql`update events set status = 'discarded'`);
    await completeEvents(store.db, [run('r1')]);
    expect(await statusOf()).toBe('discarded');
  });

  test('a forbidden move is refused and changes nothing', async () => {
    await subscribe();
    await route(run('r1'));
    await expireLeases();
    const [stale] = await staleEvents(store.db, 10);
    await store.db.execute(sql`update events set status = 'processed'`);
    await expect(settleStale(store.db, stale!, 'dead_letter')).rejects.toThrow(
      /may not go from processed to dead_letter/,
    );
    expect(await statusOf()).toBe('processed');
  });

  test('one key twice in one group is counted once', async () => {
    await subscribe();
    const twice = [run('r1'), run('r1')];
    expect(await route(...twice)).toEqual([
      { standing: 'take', status: 'processing' },
      { standing: 'repeat', status: 'processing' },
    ]);
    await sent('r1');
    await completeEvents(store.db, twice);
    expect(await states()).toMatchObject({ pending: 0, processing: 0, processed: 1 });
  });

  test.each([
    ['pending', 'pending', 1],
    ['dead_letter', 'dead_letter', 0],
    ['renew', 'processing', 0],
  ] as const)('a stale event settled as %s is %s', async (verdict, state, lost) => {
    await subscribe();
    await route(run('r1'));
    expect(await staleEvents(store.db, 10)).toEqual([]);
    await expireLeases();
    const [stale] = await staleEvents(store.db, 10);
    expect(await settleStale(store.db, stale!, verdict)).toBe(true);
    expect(await statusOf()).toBe(state);
    expect(await staleEvents(store.db, 10)).toEqual([]);
    expect((await readTotals(store.db)).of('lost_runs')).toBe(lost);
  });

  test('a stale event that moved since it was read is left alone', async () => {
    await subscribe();
    await route(run('r1'));
    await expireLeases();
    const [stale] = await staleEvents(store.db, 10);
    await sent('r1');
    await completeEvents(store.db, [run('r1')]);
    expect(await settleStale(store.db, stale!, 'pending')).toBe(false);
    expect(await statusOf()).toBe('processed');
  });

  test('a claimed event is in flight, and not claimed again while its lease lives', async () => {
    const record = { source: 'main', model: 'res.partner', recordId: 17 };
    const [[row] = []] = await queuesOf(store.db, [{ ...record, depth: 1 }]);
    expect(row).toMatchObject({ key: '17', priority: 'medium', isLeased: false });
    const wanted = [{ seq: row!.seq, workflowId: '17' }];
    expect(await claimRows(store.db, wanted, 60_000)).toEqual(new Set([row!.seq]));
    expect(await eventsInFlight(store.db)).toEqual([{ ...record, workflowId: '17', isPending: true }]);
    expect(await claimRows(store.db, wanted, 60_000)).toEqual(new Set());
    await expireLeases();
    expect(await eventsInFlight(store.db)).toEqual([]);
    expect(await claimRows(store.db, wanted, 60_000)).toEqual(new Set([row!.seq]));
  });

  test('many routes at once, in any order, end in right counters and no deadlock', async () => {
    await accept(...Array.from({ length: 100 }, (_, n) => String(n + 100)));
    const keys = Array.from({ length: 100 }, (_, n) => String(n + 100));
    await Promise.all(
      Array.from({ length: 10 }, (_, n) => {
        const mine = keys.filter((_, place) => place % 10 === n);
        return route(...(n % 2 === 0 ? mine : mine.reverse()).map((key) => run('r1', key)));
      }),
    );
    const counted = await states();
    expect(counted).toMatchObject({ pending: 1, processed: 100 });
    for (const state of EVENT_STATES) {
      const { rows } = await store.db.execute<{ n: number }>(
        sql`select count(*)::float8 as n from events where status = ${state}`,
      );
      expect({ state, n: counted[state] }).toEqual({ state, n: rows[0]!.n });
    }
  });
});
