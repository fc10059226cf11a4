// A retry that meets the end of the last attempt. PostgreSQL only: PGlite has one connection.
import { sql } from 'drizzle-orm';
import type { EventSignal } from '../../src/contracts/event-runs';
import { createIntake } from '../../src/intake/accept';
import { readEvent } from '../../src/store/events/read';
import { routeEvents } from '../../src/store/events/route';
import { createSubscription } from '../../src/store/subscriptions';
import { eventually } from '../support/bridge';
import { anArrival, aSource } from '../support/builders';
import { openTestStore, type TestStore } from '../support/stores';
import { startApi } from './running-api';

(process.env['JISR_TEST_POSTGRES_URL'] === undefined ? describe.skip : describe)(
  'a retry at any moment',
  () => {
    let store: TestStore;
    beforeAll(async () => {
      store = await openTestStore('postgres');
    });
    afterAll(() => store.close());

    test('a retry that comes while the last attempt is being written down goes to the parked run', async () => {
      const signals: EventSignal[] = [];
      const runs = {
        start: () => Promise.resolve('running' as const),
        startBatch: () => Promise.resolve(),
        // The run is open, and about to be parked.
        signal: (_: string, act: EventSignal) => {
          signals.push(act);
          return Promise.resolve(true);
        },
        fateOf: () => Promise.resolve('running' as const),
        closedSince: () => Promise.resolve(new Set<string>()),
      };
      const api = await startApi({ store, runs });
      await createSubscription(store.db, {
        name: 'crm',
        filter: {},
        url: 'http://x.test/',
        encryptedSecret: 'x',
      });
      await createIntake(store.db).accept(aSource(), 'pull', [anArrival()], null);
      await routeEvents(store.db, [{ key: '17', runId: 'r1', workflowId: '17' }]);

      // The transaction of recordAttempts: it holds the row, and its commit makes it a dead letter.
      let commit: () => void = () => undefined;
      const told = new Promise<void>((resolve) => (commit = resolve));
      let written: () => void = () => undefined;
      const isWritten = new Promise<void>((resolve) => (written = resolve));
      const recording = store.db.transaction(async (tx) => {
        await tx.execute(sql`select from events where key = '17' for update`);
        await tx.execute(sql`update deliveries set state = 'dead'`);
        await tx.execute(sql`update events set status = 'dead_letter', lease_until = null where key = '17'`);
        written();
        await told;
      });
      await isWritten;
      const answer = api.post('/api/v1/events/17/retry');
      await eventually(async () => {
        const { rows } = await store.db.execute<{ n: number }>(
          sql`select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
        );
        expect(rows[0]!.n).toBe(1);
      });
      commit();
      await recording;
      expect((await answer).status).toBe(202);
      await api.close();
      // Pending with an open run, the dispatcher only renews its lease: nobody ever tells the run.
      expect({ signals, status: (await readEvent(store.db, '17'))?.status }).toEqual({
        signals: [{ kind: 'retry' }],
        status: 'dead_letter',
      });
    }, 30_000);
  },
);
