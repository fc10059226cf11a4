// What a list of events reads: about the rows that it shows, whatever else lies in the inbox. Counted, never timed.
import { sql } from 'drizzle-orm';
import type { Database } from '../../src/store/database';
import type { IncomingCopy } from '../../src/domain/identity';
import { findKnown } from '../../src/store/events/known';
import { listEvents, listQuery, type EventFilter, type Page } from '../../src/store/events/read';
import { withSteadyPlans } from '../../src/store/steady-plans';
import { aCopy } from '../support/builders';
import { explain, nodesOf, rowsOf, rowsRead, type Plan } from '../support/plans';
import { describeOnBothEngines, type TestStore } from '../support/stores';

const ROWS = 20_000;
const BEGIN_MS = Date.UTC(2026, 0, 1);
const SHOWN = 50;

describeOnBothEngines('lists in an inbox of 20,000 events', (open) => {
  let store: TestStore;

  beforeAll(async () => {
    store = await open();
    await fill(store.db);
    await store.db.execute(sql`analyze`);
  }, 120_000);
  afterAll(() => store.close());

  const first: Page = { order: 'desc', limitRows: SHOWN, after: null };

  test.each<[what: string, filter: EventFilter, found: number]>([
    ['everything', {}, SHOWN],
    ['an id of a push', { pushId: 'push-500' }, 1],
    ['an id of a pull', { pullId: 'pull-500' }, 1],
    ['the number of a record', { recordId: 77 }, 10],
    ['a record', { model: 'sale.order', recordId: 77 }, 4],
    ['a record, by search', { q: 'sale.order/77' }, 4],
    ['an id, by search', { q: 'push-500' }, 1],
    ['a model with many events', { model: 'sale.order' }, SHOWN],
    ['a model with few, long ago', { model: 'rare.model' }, 5],
    ['a source with many events', { source: 'main' }, SHOWN],
    ['a source with few, long ago', { source: 'rare' }, 5],
    ['dead letters', { status: 'dead_letter' }, 5],
    ['discarded ones', { status: 'discarded' }, 5],
    ['what waits for a retry', { status: 'delivering' }, 5],
    ['what is in hand', { status: 'processing' }, 5],
    ['what is pending', { status: 'pending' }, 5],
    ['processed ones', { status: 'processed' }, SHOWN],
    ['since a moment', { sinceMs: second(ROWS - 10) }, 14],
    ['until a moment', { untilMs: second(30) }, 27],
    ['a short time long ago', { sinceMs: second(1_000), untilMs: second(1_020) }, 20],
    ['a long time long ago', { sinceMs: second(1_000), untilMs: second(9_000) }, SHOWN],
  ])('%s', async (_, filter, found) => {
    for (const order of ['desc', 'asc'] as const) {
      const page = { ...first, order };
      expect(await listEvents(store.db, filter, page)).toHaveLength(found);
      // Of a model or source with many events the planner may read on in the order of acceptance.
      const { rows, pages } = await whatItReads(store.db, filter, page);
      expect({ order, rows: rows <= 4 * SHOWN, pages: pages <= 75 }).toEqual({
        order,
        rows: true,
        pages: true,
      });
    }
  });

  test.each(['asc', 'desc'] as const)(
    'page by page with since and until, %s, each event comes once, by time and then by acceptance',
    async (order) => {
      const filter = { sinceMs: second(5_000), untilMs: second(6_000) };
      const { rows: wanted } = await store.db.execute<{ seq: number }>(sql`
        select seq::int from events
        where received_at >= ${new Date(filter.sinceMs)} and received_at < ${new Date(filter.untilMs)}
        order by received_at ${sql.raw(order)}, seq ${sql.raw(order)}`);
      const seen: number[] = [];
      for (let after: number | null = null; ;) {
        const page: Page = { order, limitRows: 37, after };
        const events = await listEvents(store.db, filter, page);
        if (events.length === 0) break;
        const { rows, pages } = await whatItReads(store.db, filter, page);
        // The row of the cursor is one more.
        expect({ after, rows: rows <= 38, pages: pages <= 75 }).toEqual({ after, rows: true, pages: true });
        seen.push(...events.map(({ seq }) => seq));
        after = events.at(-1)?.seq ?? null;
      }
      expect(seen).toEqual(wanted.map(({ seq }) => seq));
      // The times of this inbox are not in the order of acceptance, or the test would say nothing.
      expect(seen).not.toEqual(seen.toSorted((a, b) => (order === 'asc' ? a - b : b - a)));
    },
  );

  test('the door finds copies by id in the indexes of the lists', async () => {
    const asked: IncomingCopy = { ...aCopy(), id: 'push-500', channel: 'push', fingerprint: '00' };
    const plans: Plan[] = [];
    await withSteadyPlans(store.db, async (tx) => {
      const explaining = Object.assign(Object.create(tx) as Database, {
        execute: async (statement: ReturnType<typeof sql>) => {
          plans.push(await explain(tx, statement));
          return { rows: [] };
        },
      });
      await findKnown(explaining, 'main', [asked]);
    });
    const scans = plans.flatMap(nodesOf).filter((node) => node['Relation Name'] === 'events');
    expect(scans.map((node) => node['Index Name']).toSorted()).toEqual([
      'events_pkey',
      'events_pull_id',
      'events_push_id',
    ]);
    for (const node of scans) expect(rowsOf(node)).toBeLessThanOrEqual(1);
  });
});

/**
 * One a second, but every tenth is received 30 s late: the times are not in the order of acceptance, and some share one.
 */
async function fill(db: Database): Promise<void> {
  await db.execute(sql`
    insert into events (seq, key, source, channel, push_id, pull_id, model, record_id, operation, occurred_at,
      received_at, priority, status, run_ids)
    select n, 'key-' || n, case when n between 101 and 105 then 'rare' else 'main' end, 'push', 'push-' || n,
      'pull-' || n, case when n between 201 and 205 then 'rare.model'
        else (array['res.partner', 'sale.order', 'stock.move'])[1 + n % 3] end,
      1 + n % 2000, 'write', now(),
      to_timestamp(${BEGIN_MS / 1000}::float8 + n + case when n % 10 = 0 then 30 else 0 end), 3,
      case n / 5 when 60 then 'dead_letter' when 80 then 'discarded' when 100 then 'delivering'
        when 120 then 'processing' when 140 then 'pending' else 'processed' end,
      array['run']
    from generate_series(1, ${ROWS}::int) as n`);
}

function second(n: number): number {
  return BEGIN_MS + n * 1_000;
}

/** Of the table `events`: rows that were looked at, shown or not; and pages of all that was read. */
async function whatItReads(
  db: Database,
  filter: EventFilter,
  page: Page,
): Promise<{ rows: number; pages: number }> {
  const plan = await explain(db, listQuery(db, filter, page).getSQL());
  return { rows: rowsRead(plan, 'events'), pages: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'] };
}
