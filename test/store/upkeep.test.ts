// PGlite has no autovacuum: Jisr looks after its tables itself.
import { sql } from 'drizzle-orm';
import { createLogger } from '../../src/logger';
import { startUpkeep, tablesDue } from '../../src/store/upkeep';
import { eventually } from '../support/bridge';
import { openTestStore, type TestStore } from '../support/stores';

describe('upkeep on pglite', () => {
  let store: TestStore;
  const lines: string[] = [];
  const log = createLogger({
    level: 'debug',
    destination: {
      write: (line: string) => {
        lines.push(line);
      },
    },
  });

  beforeAll(async () => {
    store = await openTestStore('pglite');
  });
  beforeEach(async () => {
    lines.length = 0;
    await store.empty();
    await store.db.execute(sql`
      insert into events (key, source, channel, push_id, model, record_id, operation, occurred_at, priority)
      select 'key-' || n, 'main', 'push', 'push-' || n, 'res.partner', n, 'write', now(), 3
      from generate_series(1, 5000) as n`);
  });
  afterAll(() => store.close());

  const settle = async () => {
    // What is counted, but not yet told, would be added behind the vacuum.
    await store.db.execute(sql`select pg_stat_force_next_flush()`);
    await store.db.execute(sql`vacuum analyze events`);
    expect(await tablesDue(store.db)).toEqual([]);
  };
  const change = (rows: number) =>
    store.db.execute(sql`update events set status = 'processing', lease_until = now() where seq <= ${rows}`);
  const deadRows = async () => {
    await store.db.execute(sql`select pg_stat_force_next_flush()`);
    const { rows } = await store.db.execute<{ dead: number }>(
      sql`select n_dead_tup::int as dead from pg_stat_user_tables where relname = 'events'`,
    );
    return rows[0]!.dead;
  };
  /** How many events the planner believes to be processing. */
  const believedProcessing = async () => {
    const { rows } = await store.db.execute<{ 'QUERY PLAN': readonly { Plan: { 'Plan Rows': number } }[] }>(
      sql`explain (format json) select from events where status = 'processing'`,
    );
    return rows[0]!['QUERY PLAN'][0]!.Plan['Plan Rows'];
  };

  test('dead rows are cleared away and the statistics are fresh', async () => {
    await settle();
    await change(3_000);
    expect(await deadRows()).toBe(3_000);
    expect(await believedProcessing()).toBeLessThan(100);
    const upkeep = startUpkeep(store.db, log, 20);
    await eventually(async () => {
      expect(await deadRows()).toBe(0);
      expect(await believedProcessing()).toBeGreaterThan(2_500);
    });
    await upkeep.stop();
    expect(lines.filter((line) => line.includes('"level":"warn"'))).toEqual([]);
  });

  test('the space of dead rows is used again', async () => {
    await settle();
    const size = async () => {
      const { rows } = await store.db.execute<{ n: number }>(
        sql`select pg_relation_size('events')::int as n`,
      );
      return rows[0]!.n;
    };
    const upkeep = startUpkeep(store.db, log, 20);
    const before = await size();
    for (let round = 0; round < 5; round += 1) {
      await change(5_000);
      await eventually(async () => {
        expect(await deadRows()).toBe(0);
      });
    }
    await upkeep.stop();
    // Without upkeep each round adds the whole table.
    expect(await size()).toBeLessThan(3 * before);
  });

  test('an analyze is due after a tenth of the rows changed, a vacuum after a fifth', async () => {
    await settle();
    await change(500);
    expect(await tablesDue(store.db)).toEqual([]);
    await change(100);
    expect(await tablesDue(store.db)).toEqual([{ table: 'events', acts: ['analyze'] }]);
    await change(500);
    expect(await tablesDue(store.db)).toEqual([{ table: 'events', acts: ['vacuum', 'analyze'] }]);
  });

  test('a table that grew before the last start is seen, though its counts are forgotten', async () => {
    await store.db.execute(sql`select pg_stat_force_next_flush()`);
    await store.db.execute(sql`select pg_stat_reset()`);
    expect(await tablesDue(store.db)).toEqual([{ table: 'events', acts: ['vacuum', 'analyze'] }]);
  });

  test('a table that cannot be looked after is said, and the others are looked after', async () => {
    await settle();
    await change(3_000);
    await store.db.execute(sql`create table broken as select n from generate_series(1, 1000) as n`);
    // ANALYZE evaluates the expression of the index.
    await store.db.execute(sql`create function fails(int) returns int immutable language plpgsql
      as $$ begin if current_setting('jisr.fails', true) = 'yes' then raise 'broken on purpose'; end if; return $1; end $$`);
    await store.db.execute(sql`create index on broken (fails(n))`);
    await store.db.execute(sql`select set_config('jisr.fails', 'yes', false)`);
    const upkeep = startUpkeep(store.db, log, 20);
    await eventually(async () => {
      expect(await deadRows()).toBe(0);
      expect(lines.join('')).toMatch(/"table":"broken","act":"analyze".*broken on purpose/);
    });
    await upkeep.stop();
    await store.db.execute(sql`drop table broken`);
  });

  test('it looks every 10 s, and not any more when it is stopped', async () => {
    jest.useFakeTimers({ doNotFake: ['Date', 'nextTick', 'queueMicrotask', 'setImmediate', 'setTimeout'] });
    try {
      const asked = jest.spyOn(store.db, 'execute');
      const upkeep = startUpkeep(store.db, log);
      jest.advanceTimersByTime(9_999);
      expect(asked).not.toHaveBeenCalled();
      jest.advanceTimersByTime(1);
      expect(asked).toHaveBeenCalled();
      await upkeep.stop();
      asked.mockClear();
      jest.advanceTimersByTime(60_000);
      expect(asked).not.toHaveBeenCalled();
      asked.mockRestore();
    } finally {
      jest.useRealTimers();
    }
  });
});
