// A source's reconciliation over HTTP, where the pull says something that a sound bridge does not: the store is real,
// the pull workflow is a fake of our port. test/e2e has the whole bridge.
import { sql } from 'drizzle-orm';
import { createIntake } from '../../src/intake/accept';
import { addToCounters } from '../../src/store/counters';
import { anArrival, aSource } from '../support/builders';
import { describeOnBothEngines, type TestStore } from '../support/stores';
import { AWAY } from './fake-control';
import { MAIN, PUSH_ONLY, startApi, type RunningApi } from './running-api';

interface Books {
  readonly verdict: string;
  readonly complete: boolean;
  readonly complete_up_to: number | null;
  readonly findings: readonly { readonly code: string }[];
  readonly gaps: readonly { readonly from: number; readonly to: number; readonly kind: string }[];
}

describeOnBothEngines('the books over HTTP', (open) => {
  let store: TestStore;
  let api: RunningApi;
  const intakeShared = aSource({ name: 'shared', keyPrefix: 'shared/', sharedEventIds: true });

  beforeAll(async () => {
    store = await open();
    const shared = { ...MAIN, name: 'shared', isFirst: false, intake: intakeShared };
    api = await startApi({ store, sources: [MAIN, PUSH_ONLY, shared] });
  }, 60_000);
  beforeEach(async () => {
    await store.empty();
    api.control.fail(null);
    const now = Date.now();
    for (const name of ['main', 'shared'])
      api.control.set(name, { state: 'idle', cursor: 10, lastSuccessMs: now, sweptMs: now });
  });
  afterAll(async () => {
    await api.close();
    await store.close();
  });

  const books = async (source = 'main') =>
    (await api.get(`/api/v1/sources/${source}/reconciliation`)).body as Books;
  const codes = async (source = 'main') => (await books(source)).findings.map(({ code }) => code);
  const gaps = async (source = 'main') =>
    (await books(source)).gaps.map(({ from, to, kind }) => `${from}-${to} ${kind}`);
  /** Pulled, and processed at once. */
  async function pulled(ids: readonly number[], source = aSource()): Promise<void> {
    const copies = ids.map((id) => anArrival({ eventId: String(id), recordId: id }));
    await createIntake(store.db).accept(source, 'pull', copies, null);
    await endAll(source.name, ids.length);
  }
  async function endAll(source: string, count: number): Promise<void> {
    await store.db.execute(sql`update events set status = 'processed' where source = ${source}`);
    const moved = new Map([['state:pending', -count] as const, ['state:processed', count] as const]);
    await addToCounters(store.db, source, moved);
  }
  const from1to = (last: number) => Array.from({ length: last }, (_, place) => place + 1);

  test('all fields are there, and all that was pulled is complete', async () => {
    await pulled(from1to(10));
    expect(await books()).toEqual({
      source: 'main',
      pulled: 10,
      pushed: 0,
      accepted: 10,
      duplicates: 0,
      quarantined_copies: 0,
      acknowledged: 0,
      refused: 0,
      delivered: 0,
      pending: 0,
      processing: 0,
      delivering: 0,
      processed: 10,
      dead_letter: 0,
      discarded: 0,
      quarantined: 0,
      cursor: 10,
      looked_at: { from: 1, to: 10 },
      gaps: [],
      gap_count: 0,
      complete: true,
      complete_up_to: 10,
      verdict: 'complete up to 10',
      findings: [],
    });
  });

  test('ids below the first one are no gap; between two they are, by their age and the sweeps', async () => {
    await pulled([3, 4, 7, 10]);
    expect(await gaps()).toEqual(['5-6 may_come', '8-9 may_come']);
    expect((await books()).complete_up_to).toBe(4);
    await store.db.execute(sql`update event_copies set first_at = now() - interval '1 hour'
      where external_id <> '10'`);
    expect(await gaps()).toEqual(['5-6 hole', '8-9 may_come']);
    expect((await books()).complete_up_to).toBe(7);
    await store.db.execute(sql`update event_copies set first_at = now() - interval '1 hour'`);
    expect(await books()).toMatchObject({ verdict: 'complete up to 10', gap_count: 2 });
    // A pause, or Odoo away: nobody has swept since they were seen.
    api.control.set('main', { sweptMs: Date.now() - 3_500_000 });
    expect(await gaps()).toEqual(['5-6 may_come', '8-9 may_come']);
  });

  test('a push that came long before the pull makes no gap old', async () => {
    const copy = { eventId: '500', recordId: 10 };
    await createIntake(store.db).accept(aSource(), 'push', [anArrival(copy)], null);
    await store.db.execute(sql`update event_copies set first_at = now() - interval '1 hour'`);
    await createIntake(store.db).accept(aSource(), 'pull', [anArrival({ ...copy, eventId: '10' })], null);
    await endAll('main', 1);
    await pulled([1]);
    expect(await gaps()).toEqual(['2-9 may_come']);
  });

  test('what the pull has passed and the store lost is said, also when nothing is left', async () => {
    await pulled([1, 2, 3]);
    expect(await gaps()).toEqual(['4-10 lost']);
    expect(await books()).toMatchObject({ complete: false, complete_up_to: 3 });
    await store.empty();
    expect(await codes()).toEqual(['lost']);
    expect((await books()).complete_up_to).toBe(0);
  });

  test('an id in quarantine is there, whatever is in the raw bytes, and holds up what is complete while it is open', async () => {
    await pulled([1, 2, 3, 4, 6, 7, 8, 9]);
    const rows = [5, 10].map((id) => ({
      kind: 'unreadable' as const,
      reason: 'x',
      raw: { id, name: 'a\u0000b' },
    }));
    await createIntake(store.db).accept(aSource(), 'pull', rows, null);
    const text = { kind: 'unreadable' as const, reason: 'x', raw: 'half a {\u0000' };
    await createIntake(store.db).accept(aSource(), 'push', [text], null);
    await store.db.execute(sql`update quarantine set raw = decode('ff00fe', 'hex') where pull_id = '5'`);
    expect(await books()).toMatchObject({ gaps: [], complete_up_to: 4, findings: [{ code: 'quarantine' }] });
    for (const id of [1, 2, 3]) await api.post(`/api/v1/quarantine/${id}/discard`, { reason: 'junk' });
    expect(await books()).toMatchObject({ gaps: [], verdict: 'complete up to 10', quarantined_copies: 3 });
  });

  test('with one sequence for both channels, what was pushed and never pulled is no gap', async () => {
    await pulled([1, 2, 3, 10], intakeShared);
    const pushes = [4, 5, 6, 7, 8, 9].map((id) => anArrival({ eventId: String(id), recordId: id }));
    await createIntake(store.db).accept(intakeShared, 'push', pushes, null);
    await endAll('shared', 6);
    expect(await books('shared')).toMatchObject({ gaps: [], verdict: 'complete up to 10' });
  });

  test.each([
    ['holding', { state: 'holding' }, 'holding'],
    ['paused', { state: 'paused', pausedReason: 'why' }, 'paused'],
    ['never pulled', { cursor: 0, lastSuccessMs: null }, 'never-pulled'],
    ['a pull that stands', { lastSuccessMs: 1 }, 'late'],
  ] as const)('%s is not complete', async (_, status, code) => {
    await pulled(from1to(10));
    api.control.set('main', status);
    expect(await codes()).toEqual([code]);
  });

  test('while Temporal is away nothing is known but the numbers', async () => {
    await pulled(from1to(10));
    api.control.fail(AWAY);
    expect(await books()).toMatchObject({
      processed: 10,
      cursor: null,
      looked_at: null,
      complete: false,
      complete_up_to: null,
      findings: [{ code: 'unknown' }],
    });
  });

  test('a source that only pushes is complete by its numbers', async () => {
    await createIntake(store.db).accept(PUSH_ONLY.intake, 'push', [anArrival()], null);
    expect(await codes('shop')).toEqual(['waiting']);
    await endAll('shop', 1);
    expect(await books('shop')).toMatchObject({ verdict: 'complete: 1 events', cursor: null });
  });

  test('numbers that do not add up are said, for copies and for events', async () => {
    await pulled(from1to(10));
    await addToCounters(store.db, 'main', new Map([['duplicates', -1] as const]));
    expect(await codes()).toEqual(['sums']);
    await addToCounters(store.db, 'main', new Map([['state:processed', -1] as const]));
    expect(await codes()).toEqual(['sums', 'sums']);
  });

  test('more than 100,000 ids since the last sweeps cannot be looked through, and it says so', async () => {
    await pulled([1, 150_000, 250_000]);
    api.control.set('main', { cursor: 250_000 });
    expect(await books()).toMatchObject({
      looked_at: { from: 150_001, to: 250_000 },
      complete_up_to: null,
      findings: [{ code: 'too-fast' }],
    });
    await store.db.execute(sql`update event_copies set first_at = now() - interval '1 hour'`);
    expect(await books()).toMatchObject({ verdict: 'complete up to 250000' });
  }, 30_000);

  test('an unknown source is a 404, another method a 405', async () => {
    expect((await api.get('/api/v1/sources/gone/reconciliation')).status).toBe(404);
    expect((await api.post('/api/v1/sources/main/reconciliation')).status).toBe(405);
  });
});
