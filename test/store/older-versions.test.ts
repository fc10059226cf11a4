// What an older version that still runs after the migration leaves out, and what a start of this one makes of it.
import { sql } from 'drizzle-orm';
import { Secret } from '../../src/config';
import { createIntake } from '../../src/intake/accept';
import { plantSeeds } from '../../src/roles/seeds';
import { deadLetterGroups } from '../../src/store/dead-letters';
import { readTotals } from '../../src/store/counters';
import { anArrival, aSource } from '../support/builders';
import { describeOnBothEngines, type TestStore } from '../support/stores';
import { subscribe } from '../support/subscriptions';

describeOnBothEngines('beside an older version', (open) => {
  let store: TestStore;
  beforeAll(async () => {
    store = await open();
  }, 60_000);
  beforeEach(() => store.empty());
  afterAll(() => store.close());

  const unreadable = (id: number) => ({ kind: 'unreadable', reason: 'no model', raw: { id } }) as const;
  const accept = (ids: readonly number[]) =>
    createIntake(store.db).accept(aSource(), 'pull', ids.map(unreadable), null);
  const start = () => plantSeeds(store.db, [], new Secret('a secret key for tests'));
  const counted = async () => (await readTotals(store.db, 'main')).of('quarantined_copies');

  test('copies that went into quarantine uncounted are counted at the next start', async () => {
    await accept([1, 2]);
    await accept([1]);
    await store.db.execute(sql`update counters set value = 1 where name = 'quarantined_copies'`);
    await start();
    expect(await counted()).toBe(3);
  });

  test('where none was counted ever, they are, too', async () => {
    await accept([1]);
    await store.db.execute(sql`delete from counters where name = 'quarantined_copies'`);
    await start();
    expect(await counted()).toBe(1);
  });

  test('what was counted stays, also copies that came in one page', async () => {
    await accept([1, 1]);
    await start();
    expect(await counted()).toBe(2);
  });

  test('a dead delivery without a class is grouped by its last attempt, and gets its class at the next start', async () => {
    const { id } = await subscribe(store, { name: 'crm', url: 'http://crm.test/' });
    await createIntake(store.db).accept(aSource(), 'pull', [anArrival()], null);
    await store.db.execute(sql`update events set status = 'dead_letter'`);
    await store.db.execute(sql`
      insert into deliveries (id, event_seq, subscription_id, state, attempts) values ('d', 1, ${id}, 'dead', 2)`);
    await store.db.execute(sql`
      insert into delivery_attempts (delivery_id, number, duration_ms, error_class, message)
      values ('d', 1, 3, 'timeout', 'slow'), ('d', 2, 3, 'rejected', 'no')`);
    const groups = async () =>
      (await deadLetterGroups(store.db, {})).map(({ errorClass, message }) => [errorClass, message]);
    expect(await groups()).toEqual([['rejected', 'no']]);
    await start();
    const { rows } = await store.db.execute(sql`select error_class from deliveries`);
    expect(rows).toEqual([{ error_class: 'rejected' }]);
  });
});
