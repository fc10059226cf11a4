// Up to where the inbox is settled: never above an event that may still come.
import { sql } from 'drizzle-orm';
import { createIntake } from '../../src/intake/accept';
import { withSourceLocked } from '../../src/store/events/known';
import { settledSeq } from '../../src/store/events/settled';
import { anArrival, aSource } from '../support/builders';
import { holdSource } from '../support/held-source';
import { describeOnBothEngines, type TestStore } from '../support/stores';

describeOnBothEngines('the settled end of the inbox', (open, engine) => {
  let store: TestStore;
  let next = 0;
  const accept = async (source: string, n = 1) => {
    const arrivals = Array.from({ length: n }, () => anArrival({ eventId: String(++next), recordId: next }));
    await createIntake(store.db).accept(aSource({ name: source }), 'push', arrivals, null);
  };
  const seqs = async () => {
    const { rows } = await store.db.execute<{ seq: number }>(sql`select seq from events order by seq`);
    return rows.map(({ seq }) => seq);
  };

  beforeAll(async () => {
    store = await open();
  }, 60_000);
  beforeEach(() => store.empty());
  afterAll(() => store.close());

  test('an inbox that never had an event ends at 0', async () => {
    expect(await settledSeq(store.db)).toBe(0);
  });

  test('it ends at the newest event', async () => {
    await accept('main', 3);
    expect(await settledSeq(store.db)).toBe(3);
  });

  test('numbers that were rolled back are stepped over', async () => {
    await accept('main');
    const failed = withSourceLocked(store.db, 'main', async (tx) => {
      await tx.execute(sql`select nextval('events_seq_seq'), nextval('events_seq_seq')`);
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(await settledSeq(store.db)).toBe(3);
    await accept('main');
    expect(await seqs()).toEqual([1, 4]);
    expect(await settledSeq(store.db)).toBe(4);
  });

  // PGlite has one connection: nobody else can be in a transaction.
  if (engine === 'postgres')
    describe('while sources commit in crossed order', () => {
      test('it waits for a lower number that is not committed, and then has both', async () => {
        const held = await holdSource(store, 'slow');
        await accept('main');
        let found: number | null = null;
        const settled = settledSeq(store.db).then((end) => (found = end));
        // It has looked more than once.
        await held.untilLookedAt(3);
        expect(found).toBeNull();
        expect(await seqs()).toEqual([2]);
        await held.commit();
        expect(await settled).toBe(2);
        expect(await seqs()).toEqual([1, 2]);
      });

      test('it waits for a number that is rolled back, and no longer', async () => {
        const held = await holdSource(store, 'slow');
        await accept('main');
        const settled = settledSeq(store.db);
        await held.rollback();
        expect(await settled).toBe(2);
        expect(await seqs()).toEqual([2]);
      });

      test('it waits for nobody who begins after it', async () => {
        const first = await holdSource(store, 'slow');
        const settled = settledSeq(store.db);
        await first.untilLookedAt(2);
        const later = await holdSource(store, 'other');
        await first.commit();
        expect(await settled).toBe(1);
        await later.commit();
        expect(await settledSeq(store.db)).toBe(2);
      });
    });
});
