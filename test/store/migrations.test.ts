// What happens before a store is open: to what an older version left, and, on PostgreSQL only, where others may write
// meanwhile and limits cut statements off.
import { Client } from 'pg';
import { sql } from 'drizzle-orm';
import { createLogger } from '../../src/logger';
import { openStore, type Store } from '../../src/store/database';
import { readEvent } from '../../src/store/events/read';
import { openOldStore, type OldStore } from '../support/old-store';
import { createTestDatabase, describeOnBothEngines } from '../support/stores';
import { fillOldStore, PAYLOAD } from './old-rows';

(process.env['JISR_TEST_POSTGRES_URL'] === undefined ? describe.skip : describe)('migrations', () => {
  let database: { url: string; drop: () => Promise<void> };
  let other: Client;
  let texts: string[];
  const log = createLogger({
    level: 'info',
    destination: {
      write: (line: string) => {
        texts.push((JSON.parse(line) as { msg: string }).msg);
        heard();
      },
    },
  });
  let heard: () => void = () => undefined;

  beforeEach(async () => {
    texts = [];
    heard = () => undefined;
    database = await createTestDatabase();
    other = new Client({ connectionString: database.url });
    await other.connect();
  });
  afterEach(async () => {
    await other.end();
    await database.drop();
  });

  test('they may take 15 minutes, and the statements of the store afterwards 30 s', async () => {
    await other.query(`create table limits (had text)`);
    await other.query(`create function note_limit() returns event_trigger language plpgsql
      as $$ begin insert into public.limits values (current_setting('statement_timeout')); end $$`);
    await other.query(`create event trigger note_limit on ddl_command_end when tag in ('CREATE INDEX')
      execute function note_limit()`);
    const store = await openStore({ engine: 'postgres', url: database.url }, log);
    const limit = await store.db.execute(sql`show statement_timeout`);
    await store.close();
    const { rows } = await other.query('select distinct had from limits');
    expect(rows).toEqual([{ had: '15min' }]);
    expect(limit.rows).toEqual([{ statement_timeout: '30s' }]);
  });

  test('it is said before and after, and only when there is something to do', async () => {
    const open = async () => (await openStore({ engine: 'postgres', url: database.url }, log)).close();
    await open();
    expect(texts).toEqual([
      expect.stringMatching(/^the tables are being changed/),
      'the tables have been changed',
    ]);
    await open();
    expect(texts).toHaveLength(2);
  });

  test('a process that comes while another migrates says that it waits, and then opens', async () => {
    await other.query('select pg_advisory_lock(7241509)');
    const waits = new Promise<void>((resolve) => (heard = resolve));
    const opened = openStore({ engine: 'postgres', url: database.url }, log);
    await waits;
    expect(texts).toEqual(['another process is changing the tables; waiting for it']);
    await other.query('select pg_advisory_unlock(7241509)');
    await (await opened).close();
  });
});

describeOnBothEngines('a store of before the operations of a person (0006)', (_, engine) => {
  let old: OldStore;
  let store: Store;

  beforeAll(async () => {
    old = await openOldStore(engine, 6, fillOldStore);
    store = await old.open();
  }, 120_000);
  afterAll(async () => {
    await store.close();
    await old.remove();
  });

  const rows = async (text: string) => (await store.db.execute(sql.raw(text))).rows;

  test('keeps its payloads as they were, as json, compressed by lz4 where the server has it', async () => {
    const payload = async (key: string) => (await readEvent(store.db, key))?.payload;
    expect(await payload('1')).toEqual(PAYLOAD);
    expect(await payload('2')).toBeNull();
    expect(await payload('3')).toBe('only a text');
    const [column] = await rows(`
      select format_type(atttypid, null) as type, attcompression as compression from pg_attribute
      where attrelid = 'events'::regclass and attname = 'payload'`);
    const [lz4] = await rows(`
      select 'lz4' = any(enumvals) as known from pg_settings where name = 'default_toast_compression'`);
    expect(column).toEqual({ type: 'json', compression: lz4?.['known'] === true ? 'l' : '' });
  });

  test('keeps its events and their copies', async () => {
    expect(await rows('select key, push_id, status from events order by seq')).toEqual([
      { key: '1', push_id: 'p1', status: 'dead_letter' },
      { key: '2', push_id: null, status: 'processed' },
      { key: '3', push_id: null, status: 'pending' },
    ]);
    expect(await rows('select channel, times from event_copies order by channel')).toEqual([
      { channel: 'pull', times: 3 },
      { channel: 'push', times: 1 },
    ]);
  });

  test("knows Odoo's id of what was pulled into quarantine, where it can be read", async () => {
    const ids = await rows('select pull_id from quarantine order by digest');
    expect(ids.map(({ pull_id: id }) => id)).toEqual(['12', '13', null, null, null, null, null]);
  });

  test('has counted what went into quarantine, and counts on', async () => {
    expect(
      await rows(`select source, value from counters where name = 'quarantined_copies' order by source`),
    ).toEqual([
      { source: 'main', value: 10 },
      { source: 'shop', value: 0 },
    ]);
    expect(await rows(`select value from counters where name = 'acknowledged'`)).toEqual([{ value: 9 }]);
  });

  test('says of each delivery how it failed last', async () => {
    const classes = await rows('select id, error_class from deliveries order by id');
    expect(Object.fromEntries(classes.map(({ id, error_class: one }) => [id, one]))).toEqual({
      failed: 'rejected',
      'never tried': 'run-ended',
      waits: 'server-error',
      'is new': null,
      'sent at last': null,
    });
  });
});
