// Who reads along at one process gets what another accepts; a late commit is waited for. PostgreSQL only: PGlite
// belongs to one process.
import { sql } from 'drizzle-orm';
import { createIntake } from '../../src/intake/accept';
import { createLogger } from '../../src/logger';
import { openStore, type Store } from '../../src/store/database';
import { listEvents } from '../../src/store/events/read';
import { eventually } from '../support/bridge';
import { anArrival, aSource } from '../support/builders';
import { holdSource } from '../support/held-source';
import { createTestDatabase } from '../support/stores';
import { startApi, type RunningApi } from './running-api';
import { readStream, type StreamReader } from './stream-reader';

/** Longer than any test: only the bell wakes. */
const NEVER_MS = 3_600_000;

(process.env['JISR_TEST_POSTGRES_URL'] === undefined ? describe.skip : describe)(
  'the live feed of two',
  () => {
    let drop: () => Promise<void>;
    let [storeA, storeB]: Store[] = [];
    let [a, b]: RunningApi[] = [];
    let next = 0;
    const readers: StreamReader[] = [];

    beforeAll(async () => {
      const database = await createTestDatabase();
      drop = database.drop;
      const open = () =>
        openStore({ engine: 'postgres', url: database.url }, createLogger({ level: 'silent' }));
      [storeA, storeB] = [await open(), await open()];
      [a, b] = [
        await startApi({ store: storeA }, { pollMs: NEVER_MS }),
        await startApi({ store: storeB }, { pollMs: NEVER_MS }),
      ];
    }, 60_000);
    afterEach(() => {
      for (const reader of readers.splice(0)) reader.close();
    });
    afterAll(async () => {
      await a!.close();
      await b!.close();
      await storeA!.close();
      await storeB!.close();
      await drop();
    });

    const read = async (api: RunningApi, query = '', headers: Record<string, string> = {}) => {
      const reader = await readStream(api.url, query, headers);
      readers.push(reader);
      return reader;
    };
    const accept = async (store: Store, source = 'main', n = 1, ring = store.inboxBell.ring) => {
      const arrivals = Array.from({ length: n }, () =>
        anArrival({ eventId: String(++next), recordId: next }),
      );
      await createIntake(store.db, ring).accept(aSource({ name: source }), 'push', arrivals, null);
    };
    const inbox = async (after: number) =>
      (await listEvents(storeA!.db, {}, { order: 'asc', limitRows: 10_000, after })).map(({ seq }) => seq);
    const listening = async () => {
      const { rows } = await storeA!.db.execute<{ pid: number }>(sql`
      select pid from pg_stat_activity
      where application_name = 'jisr listens' and datname = current_database() and query like 'listen%'`);
      return rows.map(({ pid }) => pid);
    };
    const listens = (count: number) =>
      eventually(async () => {
        expect(await listening()).toHaveLength(count);
      });

    test('a reader of one gets within a second what the other accepts', async () => {
      const reader = await read(a!);
      await listens(1);
      await accept(storeB!);
      await eventually(() => {
        expect(reader.seqs()).toHaveLength(1);
      }, 1_000);
    });

    test('while nobody reads, nobody listens', async () => {
      await listens(0);
      const reader = await read(a!);
      await listens(1);
      reader.close();
      await listens(0);
    });

    test('a broken connection of the listener is made again, and what was rung meanwhile is heard', async () => {
      const reader = await read(a!);
      await listens(1);
      const [pid] = await listening();
      await storeA!.db.execute(sql`select pg_terminate_backend(${pid})`);
      await accept(storeB!);
      await eventually(() => {
        expect(reader.seqs()).toHaveLength(1);
      });
      await listens(1);
      expect(await listening()).not.toEqual([pid]);
    });

    test('what nobody rang for is found by looking', async () => {
      const looking = await startApi({ store: storeA! }, { pollMs: 100 });
      const reader = await read(looking);
      await accept(storeB!, 'main', 1, () => undefined);
      await eventually(() => {
        expect(reader.seqs()).toHaveLength(1);
      });
      reader.close();
      await looking.close();
    });

    test('an event that commits late is not stepped over: the reader waits, and gets both in order', async () => {
      const reader = await read(a!);
      await eventually(() => {
        expect(reader.lastId()).not.toBe('');
      });
      const place = Number(reader.lastId());
      const held = await holdSource(storeB!, 'late');
      await accept(storeB!);
      await held.untilLookedAt(3);
      expect(await inbox(place)).toEqual([place + 2]);
      expect(reader.seqs()).toEqual([]);
      await held.commit();
      await eventually(() => {
        expect(reader.seqs()).toEqual([place + 1, place + 2]);
      });
    });

    test('readers that go from one to the other while both accept have no gap and none twice', async () => {
      const start = await read(a!);
      await eventually(() => {
        expect(start.lastId()).not.toBe('');
      });
      const place = Number(start.lastId());
      const all = async (store: Store, source: string) => {
        for (let page = 0; page < 30; page += 1) await accept(store, source, 20);
      };
      const accepting = Promise.all([all(storeA!, 'one'), all(storeB!, 'two'), all(storeB!, 'three')]);
      const seen: number[] = [];
      let at = String(place);
      for (let turn = 0; seen.length < 1_800; turn += 1) {
        const reader = await read(turn % 2 === 0 ? b! : a!, '', { 'last-event-id': at });
        expect(reader.status).toBe(200);
        await eventually(() => {
          expect(reader.seqs().length).toBeGreaterThan(0);
        });
        reader.close();
        await reader.ended;
        seen.push(...reader.seqs());
        at = reader.lastId();
      }
      await accepting;
      const expected = await inbox(place);
      expect(expected).toHaveLength(1_800);
      expect(seen).toEqual(expected);
      await eventually(() => {
        expect(start.seqs()).toEqual(expected);
      });
    }, 60_000);
  },
);
