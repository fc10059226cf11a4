// What happens before a store is open. PostgreSQL only, where others may write meanwhile and limits cut statements off.
import { Client } from 'pg';
import { sql } from 'drizzle-orm';
import { createLogger } from '../../src/logger';
import { openStore } from '../../src/store/database';
import { createTestDatabase } from '../support/stores';

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
