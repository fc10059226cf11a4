// A real PostgreSQL of our own: temporary folder, free port, a user that is not root.
// Never touches a server that was there before.
import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { required } from '../../src/domain/required';
import { endWithUs } from '../temporal-server';

const run = promisify(execFile);

export interface Postgres {
  /** Of the maintenance database. */
  readonly url: string;
  createDatabase(): Promise<string>;
  /** Stops the server at once; the data stays for `start`. */
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

export const HOW_TO_INSTALL =
  'PostgreSQL is missing: install it with `apt-get install postgresql` (Debian) or your package manager';

/** The folder of initdb and postgres, or null where PostgreSQL is not installed. */
export function findPostgres(): string | null {
  for (const [command, args] of [
    ['pg_config', ['--bindir']],
    ['sh', ['-c', 'ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1']],
    ['sh', ['-c', 'dirname "$(command -v initdb)"']],
  ] as const) {
    try {
      const folder = execFileSync(command, args, { stdio: ['ignore', 'pipe', 'ignore'] })
        .toString()
        .trim();
      execFileSync(join(folder, 'postgres'), ['--version'], { stdio: 'ignore' });
      execFileSync(join(folder, 'initdb'), ['--version'], { stdio: 'ignore' });
      return folder;
    } catch {
      // Not this way; try the next.
    }
  }
  return null;
}

export async function startPostgres(bin: string): Promise<Postgres> {
  const folder = mkdtempSync(join(tmpdir(), 'jisr-pg-'));
  const user = unprivilegedUser();
  if (user !== null) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  // Root's own working folder may be closed to the other user.
  const as = { cwd: folder, ...(user ?? {}) };
  await run(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'jisr', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C'],
    as,
  );
  const port = await freePort();
  const url = (database: string) => `postgres://jisr@127.0.0.1:${port}/${database}`;
  let server: ChildProcess | null = null;
  let release: () => void = () => undefined;
  let databases = 0;

  async function start(): Promise<void> {
    server = spawn(
      join(bin, 'postgres'),
      ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder, '-c', 'max_connections=200'],
      { ...as, stdio: 'ignore' },
    );
    release = endWithUs(required(server.pid, 'the pid of PostgreSQL'));
    for (const deadline = Date.now() + 30_000; ;) {
      const client = new Client({ connectionString: url('postgres') });
      try {
        await client.connect();
        await client.end();
        return;
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  async function stop(): Promise<void> {
    const stopping = server;
    if (stopping === null || stopping.exitCode !== null) return;
    const gone = new Promise((resolve) => stopping.once('exit', resolve));
    stopping.kill('SIGQUIT'); // immediate: connections break as in a crash
    await gone;
    release();
  }

  await start();
  return {
    url: url('postgres'),
    start,
    stop,
    createDatabase: async () => {
      const name = `jisr_${process.pid}_${(databases += 1)}`;
      const client = new Client({ connectionString: url('postgres') });
      await client.connect();
      await client.query(`create database ${name}`);
      await client.end();
      return url(name);
    },
    close: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** initdb refuses root, so root runs it as somebody else. */
function unprivilegedUser(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  const id = (flag: string, name: string) => Number(execFileSync('id', [flag, name]).toString());
  for (const name of ['postgres', 'nobody']) {
    try {
      return { uid: id('-u', name), gid: id('-g', name) };
    } catch {
      // No such user here.
    }
  }
  throw new Error('PostgreSQL refuses to run as root, and there is neither a user `postgres` nor `nobody`');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
