// What is dropped after a time, and what never is.
import { eq, sql } from 'drizzle-orm';
import { createIntake } from '../../src/intake/accept';
import { askReplay } from '../../src/store/deliveries/acts';
import { readDeliveries } from '../../src/store/deliveries/read';
import { recordAttempts } from '../../src/store/deliveries/record';
import { openDelivery } from '../../src/store/deliveries/retry-one';
import { readEvent } from '../../src/store/events/read';
import { routeEvents } from '../../src/store/events/route';
import { keepInQuarantine, readQuarantine, settleQuarantine } from '../../src/store/quarantine';
import { dropQuarantined, dropStretch, lastOldSeq } from '../../src/store/retention';
import { events } from '../../src/store/schema';
import { anArrival, aSource } from '../support/builders';
import { describeOnBothEngines, type TestStore } from '../support/stores';
import { subscribe } from '../support/subscriptions';

describeOnBothEngines('retention in the store', (open) => {
  let store: TestStore;
  beforeAll(async () => {
    store = await open();
  }, 60_000);
  beforeEach(async () => {
    await store.empty();
    await subscribe(store, { url: 'http://crm.test' });
  });
  afterAll(() => store.close());

  const runOf = (key: string, runId = 'r1') => ({ key, runId, workflowId: key });
  const accept = (key: string, payload: { name: string } | null = { name: key }) =>
    createIntake(store.db).accept(
      aSource(),
      'pull',
      [anArrival({ eventId: key, recordId: Number(key), payload })],
      null,
    );
  async function anEvent(key: string, daysOld: number, end: 'sent' | 'dead' | null = 'sent'): Promise<void> {
    await accept(key);
    const [routed] = await routeEvents(store.db, [runOf(key)]);
    const attempt = { status: 200, durationMs: 1, response: 'yes', errorClass: null, message: 'taken' };
    if (end !== null)
      await recordAttempts(store.db, [
        { ...runOf(key), id: routed!.waiting[0]!.id, attempt, end: { state: end } },
      ]);
    await store.db.execute(
      sql`update events set received_at = now() - ${daysOld} * interval '1 day' where key = ${key}`,
    );
  }
  const event = async (key: string) => (await readEvent(store.db, key))!;
  const dropAll = async (days: number) =>
    dropStretch(store.db, days, 0, (await lastOldSeq(store.db, days)) ?? 0);

  test('payloads and answers of what is done and old go, all else stays', async () => {
    await anEvent('1', 100);
    await anEvent('2', 100, 'dead');
    await anEvent('3', 100, null);
    await anEvent('4', 89);
    await anEvent('5', 91);
    expect(await lastOldSeq(store.db, 90)).toBe(5);
    expect(await dropAll(90)).toEqual({ place: 5, isClean: false, payloads: 2, answers: 2 });
    const dropped = await event('1');
    expect(dropped).toMatchObject({ payload: null, status: 'processed' });
    expect(dropped.payloadDroppedAtMs).toBeGreaterThan(0);
    for (const key of ['2', '3', '4'])
      expect(await event(key)).toMatchObject({ payload: { name: key }, payloadDroppedAtMs: null });
    expect((await readDeliveries(store.db, 1))[0]!.attempts).toMatchObject([
      { response: null, message: 'taken' },
    ]);
    expect((await readDeliveries(store.db, 2))[0]!.attempts).toMatchObject([{ response: 'yes' }]);
    // Once more there is nothing to do.
    expect(await dropAll(90)).toMatchObject({ payloads: 0, answers: 0 });
  });

  test('behind an old dead letter a second night locks and writes no row', async () => {
    await anEvent('1', 100, 'dead');
    await anEvent('2', 100);
    await anEvent('3', 100);
    const versions = async () => {
      const { rows } = await store.db.execute(sql`
        select 'event ' || seq as row, ctid::text, xmin::text, xmax::text from events
        union all select 'attempt ' || delivery_id, ctid::text, xmin::text, xmax::text from delivery_attempts order by 1`);
      return rows;
    };
    const [deadLetter] = (await versions()).filter(({ row }) => row === 'event 1');
    expect(await dropAll(90)).toMatchObject({ isClean: false, payloads: 2, answers: 2 });
    const before = await versions();
    expect(before).toContainEqual(deadLetter);
    expect(await dropAll(90)).toEqual({ place: 3, isClean: false, payloads: 0, answers: 0 });
    expect(await versions()).toEqual(before);
    // Once it is given up, there is something to drop again, and nothing is left behind.
    await store.db.execute(sql`update events set status = 'discarded' where key = '1'`);
    expect(await dropAll(90)).toEqual({ place: 3, isClean: true, payloads: 1, answers: 1 });
  });

  test('nothing is old where nothing is', async () => {
    await anEvent('1', 10);
    expect(await lastOldSeq(store.db, 90)).toBeNull();
  });

  test('an old copy that comes again is still known, and brings no payload back', async () => {
    await anEvent('1', 100);
    await dropAll(90);
    const [again] = await accept('1');
    expect(again).toMatchObject({ kind: 'duplicate', key: '1' });
    expect(await event('1')).toMatchObject({ payload: null, status: 'processed' });
  });

  test('what lost its payload is neither replayed nor delivered by Reset', async () => {
    await anEvent('1', 100);
    await dropAll(90);
    expect(await askReplay(store.db, '1', 'a test')).toEqual({
      kind: 'payload-dropped',
      status: 'processed',
    });
    const { id } = (await readDeliveries(store.db, 1))[0]!;
    expect(await openDelivery(store.db, { eventKey: '1', id, note: 'a test' })).toEqual({
      kind: 'payload-dropped',
    });
    const [routed] = await routeEvents(store.db, [runOf('1', 'reset')]);
    expect(routed).toMatchObject({ status: 'processed', standing: 'take', waiting: [] });
    expect((await readDeliveries(store.db, 1)).map(({ state }) => state)).toEqual(['sent']);
  });

  test('an event that never had a payload lost none', async () => {
    await accept('1', null);
    await routeEvents(store.db, [runOf('1')]);
    await store.db
      .update(events)
      .set({ status: 'processed', receivedAt: new Date(0) })
      .where(eq(events.key, '1'));
    expect(await dropAll(90)).toMatchObject({ isClean: true, payloads: 0 });
    expect((await event('1')).payloadDroppedAtMs).toBeNull();
  });

  test('of quarantine goes what was settled long ago, never what is open', async () => {
    const raw = (text: string) => ({
      channel: 'push' as const,
      pullId: null,
      reason: 'a test',
      raw: Buffer.from(text),
      digest: Buffer.from(text).toString('hex'),
    });
    await keepInQuarantine(store.db, 'main', ['one', 'two', 'three'].map(raw));
    const settlement = { status: 'discarded', by: 'admin', reason: 'a test' } as const;
    await settleQuarantine(store.db, 1, settlement);
    await settleQuarantine(store.db, 2, settlement);
    await store.db.execute(sql`update quarantine set first_at = now() - interval '200 days',
      last_at = now() - interval '200 days'`);
    await store.db.execute(sql`update quarantine set settled_at = now() - interval '100 days' where id = 1`);
    expect(await dropQuarantined(store.db, 90, 10)).toBe(1);
    expect(await dropQuarantined(store.db, 90, 10)).toBe(0);
    const read = async (id: number) => Buffer.from((await readQuarantine(store.db, id))!.raw).toString();
    expect(await Promise.all([1, 2, 3].map(read))).toEqual(['', 'two', 'three']);
    expect((await readQuarantine(store.db, 1))!.rawDroppedAtMs).toBeGreaterThan(0);
  });
});
