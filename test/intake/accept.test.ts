// The door, beyond the table of identity: races, hostile data, what copies may change.
import { Client } from 'pg';
import { sql } from 'drizzle-orm';
import { createIntake, type Intake } from '../../src/intake/accept';
import { readTotals } from '../../src/store/counters';
import { readModels } from '../../src/store/sync-states';
import { createLogger } from '../../src/logger';
import { readCopies } from '../../src/store/event-copies';
import { listEvents, readEvent } from '../../src/store/events/read';
import { openStore } from '../../src/store/database';
import { anArrival, aSource } from '../support/builders';
import { describeOnBothEngines, type TestStore } from '../support/stores';

const AT = Date.UTC(2026, 10, 24, 2, 0, 0);

describeOnBothEngines('the door', (open) => {
  let store: TestStore;
  let intake: Intake;
  const source = aSource();
  const all = () => listEvents(store.db, {}, { order: 'asc', limitRows: 1000, after: null });

  beforeAll(async () => {
    store = await open();
  });
  beforeEach(async () => {
    await store.empty();
    intake = createIntake(store.db);
  });
  afterAll(() => store.close());

  test('200 pairs of push and pull at the same instant are 200 events with both ids', async () => {
    // Two doors, as in two processes: only the store's lock keeps them apart.
    const other = createIntake(store.db);
    await Promise.all(
      Array.from({ length: 200 }, (_, n) => {
        const change = { recordId: n + 1, payload: { name: `N${n}` } };
        return [
          intake.accept(source, 'push', [anArrival({ ...change, eventId: String(n + 1) })], null),
          other.accept(source, 'pull', [anArrival({ ...change, eventId: String(n + 5001) })], null),
        ];
      }).flat(),
    );
    const events = await all();
    expect(events).toHaveLength(200);
    expect(events.every((event) => event.pushId !== null && event.pullId !== null)).toBe(true);
    expect((await readTotals(store.db)).of('duplicates')).toBe(200);
  });

  test('events stand in the inbox in the order in which they came', async () => {
    const arrivals = Array.from({ length: 300 }, (_, n) =>
      anArrival({ eventId: String(1000 - n), recordId: n + 1 }),
    );
    await intake.accept(source, 'pull', arrivals, null);
    expect((await all()).map((event) => event.recordId)).toEqual(arrivals.map((_, n) => n + 1));
  });

  test('a row that the database refuses goes to quarantine alone; its page goes through', async () => {
    const page = [1, 2, 3, 4, 5].map((n) =>
      anArrival({ eventId: String(n), recordId: n, category: n === 4 ? 'a\u0000b' : 'ok' }),
    );
    const accepted = await intake.accept(source, 'pull', page, null);
    expect(accepted.map((one) => one.kind)).toEqual(['new', 'new', 'new', 'quarantined', 'new']);
    const kept = await store.db.execute<{ raw: string; reason: string }>(
      sql`select convert_from(raw, 'UTF8') as raw, reason from quarantine`,
    );
    expect(kept.rows).toHaveLength(1);
    expect(JSON.parse(kept.rows[0]!.raw)).toMatchObject({ id: '4' });
    expect(kept.rows[0]!.reason).toMatch(/the database refuses this event/);
    expect((await readTotals(store.db)).of('quarantined')).toBe(1);
  });

  test('a payload is kept as it came, with what no text of the database can hold', async () => {
    const payload = { name: 'a\u0000b', half: '\ud800', 10: 1, 9: 1e300, z: [], a: {} };
    await intake.accept(source, 'pull', [anArrival({ eventId: '7', payload })], null);
    expect((await readEvent(store.db, '7'))?.payload).toEqual(payload);
  });

  test('of pushes that wait together only the one that is refused goes to quarantine', async () => {
    const results = await Promise.all(
      [1, 2, 3].map((n) =>
        intake.accept(
          source,
          'push',
          [anArrival({ eventId: String(n), recordId: n, category: n === 2 ? '\u0000' : null })],
          null,
        ),
      ),
    );
    expect(results.flat().map((one) => one.kind)).toEqual(['new', 'quarantined', 'new']);
  });

  test('one known copy among new pushes: each is answered as what it is, and counted once', async () => {
    const push = (n: number) => anArrival({ eventId: String(n), recordId: n, payload: { n } });
    const kinds = async (...numbers: readonly number[]) =>
      (await intake.accept(source, 'push', numbers.map(push), null)).map(({ kind }) => kind);
    expect(await kinds(1, 2, 3)).toEqual(['new', 'new', 'new']);
    expect(await kinds(4, 2, 5)).toEqual(['new', 'duplicate', 'new']);
    expect(await kinds(6, 6)).toEqual(['new', 'duplicate']);
    expect((await all()).map(({ key }) => key)).toEqual(['1', '2', '3', '4', '5', '6']);
    const totals = await readTotals(store.db);
    const counted = (['pushed', 'accepted', 'state:pending', 'duplicates'] as const).map((name) =>
      totals.of(name),
    );
    expect(counted).toEqual([8, 6, 6, 2]);
    expect(await readModels(store.db, source.name)).toMatchObject([{ events: 6, lastEventKey: '6' }]);
  });

  test('a push whose id is the key of another event gets a key of its own', async () => {
    const [, pushed] = [
      await intake.accept(source, 'pull', [anArrival({ eventId: '43', recordId: 1 })], null),
      await intake.accept(source, 'push', [anArrival({ eventId: '43', recordId: 2 })], null),
    ];
    expect(pushed).toMatchObject([
      { kind: 'new', eventId: '43', key: expect.stringMatching(/^43.+/) as string },
    ]);
    expect((await readTotals(store.db)).of('renamed_keys')).toBe(1);
  });

  test('the same unreadable row coming again is kept once', async () => {
    const unreadable = { kind: 'unreadable' as const, reason: 'no readable time', raw: { id: 9 } };
    const [first] = await intake.accept(source, 'pull', [unreadable, unreadable], null);
    const [again] = await intake.accept(source, 'pull', [unreadable], null);
    expect(first).toEqual(again);
    expect((await readTotals(store.db)).of('quarantined')).toBe(1);
  });

  test('the highest priority of any copy wins; category and user are the pull’s; the content the first copy’s', async () => {
    await intake.accept(
      source,
      'push',
      [
        anArrival({
          eventId: '168',
          priority: 'high',
          category: null,
          user: null,
          payload: { name: 'A' },
          changedFields: ['name'],
        }),
      ],
      null,
    );
    await intake.accept(
      source,
      'pull',
      [anArrival({ eventId: '176', priority: 'low', category: 'business', payload: { name: 'A' } })],
      null,
    );
    const event = await readEvent(store.db, '168');
    expect(event).toMatchObject({
      priority: 'high',
      category: 'business',
      user: { id: 2, name: 'Administrator' },
      changedFields: ['name'],
      pushId: '168',
      pullId: '176',
    });
  });

  test('a copy that comes again is counted, not kept twice', async () => {
    for (let n = 0; n < 3; n += 1) await intake.accept(source, 'pull', [anArrival()], null);
    const event = await readEvent(store.db, '17');
    expect(await readCopies(store.db, event!.seq)).toMatchObject([
      { channel: 'pull', externalId: '17', times: 3 },
    ]);
  });

  test('keys of a further source carry its name, and the same ids do not meet', async () => {
    const hq = aSource({ name: 'hq', keyPrefix: 'hq/' });
    const [first] = await intake.accept(source, 'pull', [anArrival()], null);
    const [second] = await intake.accept(hq, 'pull', [anArrival()], null);
    expect([first, second]).toMatchObject([
      { kind: 'new', key: '17', eventId: '17' },
      { kind: 'new', key: 'hq/17', eventId: '17' },
    ]);
  });

  test('a taken key gets a tail of content and time, and is counted', async () => {
    await intake.accept(source, 'pull', [anArrival()], null);
    const [again] = await intake.accept(source, 'pull', [anArrival({ occurredAtMs: AT + 600_000 })], null);
    expect(again).toMatchObject({ kind: 'new', key: expect.stringMatching(/^17\.[0-9a-f]{8}$/) as unknown });
    expect((await readTotals(store.db)).of('renamed_keys')).toBe(1);
  });

  test('a page of 1,000 is a handful of statements', async () => {
    const page = Array.from({ length: 1000 }, (_, n) =>
      anArrival({ eventId: String(n + 1), recordId: n + 1 }),
    );
    const sent = jest.spyOn(Client.prototype, 'query');
    const watched = await open();
    sent.mockClear();
    await createIntake(watched.db).accept(source, 'pull', page, null);
    const texts = sent.mock.calls.map(([statement]: readonly unknown[]) => JSON.stringify(statement));
    expect(texts[0]).toContain('begin');
    expect(texts.at(-1)).toContain('commit');
    expect(texts.length).toBeLessThanOrEqual(5);
    expect((await readTotals(watched.db)).states.pending).toBe(1000);
    await watched.close();
    // Not before: its clients send by it.
    sent.mockRestore();
  });
});

test('a store that does not answer rejects every caller, and splits nothing', async () => {
  if (process.env['JISR_TEST_POSTGRES_URL'] === undefined) return;
  const store = await openStore(
    { engine: 'postgres', url: process.env['JISR_TEST_POSTGRES_URL'] },
    createLogger({ level: 'silent' }),
  );
  await store.close();
  const intake = createIntake(store.db);
  const calls = [1, 2, 3].map((n) =>
    intake.accept(aSource(), 'push', [anArrival({ eventId: String(n) })], null),
  );
  const outcomes = await Promise.allSettled(calls);
  expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected', 'rejected']);
});
