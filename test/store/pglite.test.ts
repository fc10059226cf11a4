// PGlite in its thread, as the driver of PostgreSQL sees it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { RequestSplitter } from '../../src/store/pglite/request-splitter';
import { startPglite, type PgliteServer } from '../../src/store/pglite/start';

describe('a request', () => {
  const message = (type: string, content: string) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(4 + content.length);
    return Buffer.concat([Buffer.from(type), length, Buffer.from(content)]);
  };
  const startup = message('', 'version and user');
  const extended = Buffer.concat(
    ['P', 'B', 'D', 'E', 'S'].map((type) => message(type, `content of ${type}`)),
  );
  const simple = message('Q', 'select 1');
  const flushed = Buffer.concat([message('P', 'a statement'), message('H', '')]);
  const all = [startup, extended, simple, flushed];
  const split = (chunks: readonly Buffer[]) => {
    const splitter = new RequestSplitter();
    return chunks.flatMap((chunk) => splitter.add(chunk).map((bytes) => Buffer.from(bytes)));
  };

  test.each([
    ['as many chunks', all],
    ['one chunk', [Buffer.concat(all)]],
    ['chunks of a byte', [...Buffer.concat(all)].map((byte) => Buffer.from([byte]))],
  ])('goes up to what the server answers, from %s', (_, chunks) => {
    expect(split(chunks)).toEqual(all);
  });

  test('is none when the client says goodbye, nor what is not whole', () => {
    expect(split([startup, message('X', ''), message('P', 'a statement')])).toEqual([startup]);
  });
});

describe('the server', () => {
  let folder: string;
  let server: PgliteServer;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'jisr-pglite-'));
    server = await startPglite(join(folder, 'store'));
  }, 60_000);
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  async function connected<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const client = new Client({ stream: server.connect, user: 'postgres', database: 'postgres', ssl: false });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }
  const value = async (client: Client, statement: string) =>
    (await client.query<{ value: unknown }>(statement)).rows[0]?.value;

  test('forgets a connection that ends: its transaction, its locks, its settings, its statements', async () => {
    await connected(async (client) => {
      await client.query('create table kept (n int)');
      await client.query("set application_name = 'the first'");
      await client.query('select pg_advisory_lock(1)');
      await client.query({
        name: 'counting',
        text: 'select count(*)::int as value from kept where n > $1',
        values: [0],
      });
      await client.query('begin');
      await client.query('insert into kept values (1)');
    });
    await connected(async (client) => {
      expect(await value(client, 'select count(*)::int as value from kept')).toBe(0);
      expect(await value(client, "select current_setting('application_name') as value")).not.toBe(
        'the first',
      );
      expect(
        await value(client, "select count(*)::int as value from pg_locks where locktype = 'advisory'"),
      ).toBe(0);
      expect(await value(client, 'select count(*)::int as value from pg_prepared_statements')).toBe(0);
    });
  });

  test('goes on after a statement that fails', async () => {
    await connected(async (client) => {
      await expect(client.query('select $1::int', ['no number'])).rejects.toMatchObject({ code: '22P02' });
      expect(await value(client, 'select 1 as value')).toBe(1);
    });
  });

  test('does not stop the event loop', async () => {
    await connected(async (client) => {
      let turns = 0;
      const timer = setInterval(() => (turns += 1), 1);
      const counting = value(client, 'select count(*)::int as value from generate_series(1, 3000000)');
      expect(await counting).toBe(3_000_000);
      clearInterval(timer);
      expect(turns).toBeGreaterThan(10);
    });
  });
});

test('a folder that cannot be opened is refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jisr-pglite-'));
  writeFileSync(join(folder, 'a-file'), '');
  await expect(startPglite(join(folder, 'a-file', 'store'))).rejects.toThrow('not a directory');
  rmSync(folder, { recursive: true });
});
