// What reconciliation and the groups of dead letters read: what is open and what is asked for, whatever else lies in
// the inbox. Counted right after a bulk load, when the planner knows nothing, and after it was told.
import { sql, type SQL } from 'drizzle-orm';
import { groupsQuery } from '../../src/store/dead-letters';
import type { Database } from '../../src/store/database';
import { gapsQuery, lowestOpenQuery, missingIds, readBooks } from '../../src/store/reconciliation';
import { withSteadyPlans } from '../../src/store/steady-plans';
import { listQuery, type EventFilter } from '../../src/store/events/read';
import { explain, rowsRead, type Plan } from '../support/plans';
import { describeOnBothEngines, type TestStore } from '../support/stores';

const ROWS = 20_000;
/** Every hundredth is a dead letter, with two dead deliveries, but one that is missing; ten of all are in hand. */
const DEAD = ROWS / 100 - 1;
const IN_HAND = 10;
const MAIN = { name: 'main', sharedEventIds: false };

describeOnBothEngines('the books of an inbox of 20,000 events', (open) => {
  let store: TestStore;

  beforeAll(async () => {
    store = await open();
    await fill(store.db);
  }, 120_000);
  afterAll(() => store.close());

  const plan = (statement: SQL): Promise<Plan> => withSteadyPlans(store.db, (tx) => explain(tx, statement));

  describe.each(['right after the load', 'analyzed'])('%s', (when) => {
    beforeAll(async () => {
      if (when === 'analyzed') await store.db.execute(sql`analyze`);
    });

    test('the lowest open id is looked for among what is open', async () => {
      const read = await plan(lowestOpenQuery('main'));
      expect(rowsRead(read, 'events')).toBe(DEAD + IN_HAND);
      expect((await readBooks(store.db, 'main')).lowestOpenId).toBe(100);
    });

    test('gaps are looked for among the ids that are asked for', async () => {
      const read = await plan(gapsQuery(MAIN, 5_000, 5_999));
      // Each id once, and once more what stands above a gap.
      expect(rowsRead(read, 'events')).toBeLessThanOrEqual(1_001);
      expect(rowsRead(read, 'events')).toBeGreaterThanOrEqual(990);
      const { gaps, lookedAt } = await missingIds(store.db, MAIN, ROWS + 10);
      expect(gaps.map(({ from, to }) => [from, to])).toEqual([
        [5_001, 5_002],
        [9_999, 10_002],
        [20_001, 20_010],
      ]);
      expect(gaps.map(({ ageMs }) => ageMs === null)).toEqual([false, false, true]);
      expect(lookedAt).toMatchObject({ from: 1, to: ROWS + 10 });
    });

    test('groups are made of the dead letters and their own deliveries', async () => {
      const read = await plan(groupsQuery({}));
      expect(rowsRead(read, 'events')).toBe(DEAD);
      expect(rowsRead(read, 'deliveries')).toBe(2 * DEAD);
    });
  });

  test('the events of a small group are found without the others of its failure or subscription', async () => {
    await store.db.execute(sql`analyze`);
    const filter: EventFilter = {
      status: 'dead_letter',
      errorClass: 'rejected',
      subscriptionId: 'sub-2',
    };
    const page = { order: 'desc' as const, limitRows: 100, after: null };
    const read = await explain(store.db, listQuery(store.db, filter, page).getSQL());
    expect(read['Actual Rows']).toBe(5);
    expect(rowsRead(read, 'deliveries')).toBeLessThanOrEqual(DEAD);
    expect(rowsRead(read, 'events')).toBeLessThanOrEqual(DEAD);
  });
});

/** All pulled, one delivery to each of two subscriptions; the ids 5001, 5002 and 9999 to 10002 were never seen. */
async function fill(db: Database): Promise<void> {
  await db.execute(sql`
    insert into subscriptions (id, name, filter, channel, url, secret)
    select 'sub-' || n, 'sub-' || n, '{}', 'webhook', 'http://' || n || '.test/', 'x' from generate_series(1, 2) n`);
  await db.execute(sql`
    insert into events (seq, key, source, channel, pull_id, model, record_id, operation, occurred_at, priority, status,
      lease_until, run_ids)
    select n, 'key-' || n, 'main', 'pull', n, 'res.partner', n, 'write', now(), 3,
      case when n % 100 = 0 then 'dead_letter' when n between 301 and 310 then 'processing' else 'processed' end,
      case when n between 301 and 310 then now() end, array['run']
    from generate_series(1, ${ROWS}::int) as n
    where n not in (5001, 5002) and n not between 9999 and 10002`);
  await db.execute(sql`
    insert into event_copies (event_seq, source, channel, fingerprint, external_id, occurred_at)
    select seq, source, 'pull', decode(md5(key), 'hex'), pull_id, occurred_at from events`);
  await db.execute(sql`
    insert into deliveries (id, event_seq, subscription_id, state, error_class)
    select e.seq || '-' || s.n, e.seq, 'sub-' || s.n, case e.status when 'dead_letter' then 'dead' else 'sent' end,
      case when e.status = 'dead_letter' then case when s.n = 2 and e.seq <= 500 then 'rejected' else 'timeout' end end
    from events e cross join generate_series(1, 2) as s(n)`);
  await db.execute(sql`
    insert into counters (source, name, value)
    select 'main', 'state:' || status, count(*) from events group by status`);
}
