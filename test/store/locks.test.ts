// Transactions that meet: nobody waits for each other crosswise. PostgreSQL only: PGlite has one connection.
import { sql } from 'drizzle-orm';
import { createIntake } from '../../src/intake/accept';
import { recordAttempts } from '../../src/store/deliveries/record';
import type { AttemptResult } from '../../src/store/deliveries/recorded-event';
import { routeEvents } from '../../src/store/events/route';
import { createSubscription } from '../../src/store/subscriptions';
import type { Database } from '../../src/store/database';
import { eventually } from '../support/bridge';
import { anArrival, aSource } from '../support/builders';
import { openTestStore, type TestStore } from '../support/stores';

(process.env['JISR_TEST_POSTGRES_URL'] === undefined ? describe.skip : describe)('locks', () => {
  let store: TestStore;
  const accept = (channel: 'push' | 'pull', ...ids: string[]) =>
    createIntake(store.db).accept(
      aSource(),
      channel,
      ids.map((id) => anArrival({ eventId: id, recordId: Number(id) })),
      null,
    );
  const run = (key: string) => ({ key, runId: `r${key}`, workflowId: key });
  const waiting = async (n: number) =>
    eventually(async () => {
      const { rows } = await store.db.execute<{ n: number }>(
        sql`select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
      );
      expect(rows[0]!.n).toBe(n);
    });
  /** Holds a lock until told. */
  const hold = async (lock: (tx: Database) => Promise<unknown>) => {
    let release: () => void = () => undefined;
    const told = new Promise<void>((resolve) => (release = resolve));
    let locked: () => void = () => undefined;
    const isLocked = new Promise<void>((resolve) => (locked = resolve));
    const done = store.db.transaction(async (tx) => {
      await lock(tx);
      locked();
      await told;
    });
    await isLocked;
    return async () => {
      release();
      await done;
    };
  };

  beforeAll(async () => {
    store = await openTestStore('postgres');
  });
  beforeEach(() => store.empty());
  afterAll(() => store.close());

  test('a page of copies in another order than their pushes, and a group that is routed, both succeed', async () => {
    await accept('push', '1', '2', '3');
    const release = await hold((tx) => tx.execute(sql`select from events where key = '2' for update`));
    // Odoo pushes high priority last: the ids of the page are in another order than the rows.
    const page = accept('pull', '3', '2', '1');
    await waiting(1);
    const routed = routeEvents(store.db, ['1', '2', '3'].map(run));
    await waiting(2);
    await release();
    const outcomes = await Promise.allSettled([page, routed]);
    expect(
      outcomes.map((one) => (one.status === 'rejected' ? String((one.reason as Error).cause) : 'ok')),
    ).toEqual(['ok', 'ok']);
  }, 30_000);

  test('two workers that write attempts down, one of them two of one event, both succeed', async () => {
    const sub = (name: string) =>
      createSubscription(store.db, { name, filter: {}, url: 'http://x.test/', encryptedSecret: 'x' });
    await sub('crm');
    await sub('erp');
    await accept('push', '1', '2');
    const routed = await routeEvents(store.db, ['1', '2'].map(run));
    const [a, b] = routed.map((one) => one!.waiting.map(({ id }) => id)) as [string[], string[]];
    const result = (key: string, id: string, state: 'sent' | 'dead'): AttemptResult => ({
      key,
      runId: `r${key}`,
      id,
      attempt: { status: 200, durationMs: 1, response: '', errorClass: null, message: 'm' },
      end: { state },
    });
    // The first worker has counted its first round, and stands in its second.
    const release = await hold((tx) =>
      tx.execute(sql`select from deliveries where id = ${a[1]!} for update`),
    );
    const one = recordAttempts(store.db, [result('1', a[0]!, 'sent'), result('1', a[1]!, 'dead')]);
    await waiting(1);
    const two = recordAttempts(store.db, [result('2', b[0]!, 'dead')]);
    // It waits for nothing that the first one holds.
    await two;
    await release();
    const outcomes = await Promise.allSettled([one, two]);
    expect(outcomes.map((o) => (o.status === 'rejected' ? String((o.reason as Error).cause) : 'ok'))).toEqual(
      ['ok', 'ok'],
    );
  }, 30_000);
});
