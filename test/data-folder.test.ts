// Who may use the data folder, proven with real processes that are really killed.

import { type ChildProcess, fork, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FolderInUseError, FolderUnusableError, openDataFolder } from '../src/data-folder';
import { identityOf } from '../src/data-folder/process-identity';

let dir: string;
/** Killed after each test, also after one that failed. */
const contenders = new Set<ChildProcess>();

beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), 'jisr-folder-')), 'data');
});

afterEach(async () => {
  await Promise.all([...contenders].map(kill));
  rmSync(join(dir, '..'), { recursive: true });
});

async function contender(): Promise<ChildProcess> {
  const child = fork(join(__dirname, 'data-folder/contender.ts'), {
    execArgv: ['-r', join(__dirname, 'typescript-hook.cjs')],
  });
  contenders.add(child);
  await once(child, 'message');
  return child;
}

async function tryLock(child: ChildProcess): Promise<string> {
  const answer = once(child, 'message');
  child.send(dir);
  const [result] = (await answer) as [string];
  return result;
}

async function kill(child: ChildProcess): Promise<void> {
  contenders.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

describe('the folder', () => {
  test('is made for its owner only', () => {
    openDataFolder(dir);
    expect(statSync(dir).mode & 0o777).toBe(0o700);
  });

  test('that cannot be made is refused with what to do', () => {
    writeFileSync(dir, 'a file');
    expect(() => openDataFolder(join(dir, 'sub'))).toThrow(FolderUnusableError);
    expect(() => openDataFolder(join(dir, 'sub'))).toThrow(/set JISR_DATA_DIR/);
  });
});

describe('the lock', () => {
  test('refuses a second process, and names the first', async () => {
    const first = await contender();
    expect(await tryLock(first)).toBe('locked');
    const second = await contender();
    expect(await tryLock(second)).toMatch(new RegExp(`in use by process ${first.pid}: stop that process`));
  });

  test('refuses the same process too', () => {
    openDataFolder(dir).lock();
    expect(() => openDataFolder(dir).lock()).toThrow(FolderInUseError);
  });

  test('is free again after release, and leaves no file', () => {
    const folder = openDataFolder(dir);
    folder.lock().release();
    expect(readdirSync(dir)).toEqual([]);
    folder.lock();
  });

  test('a release that comes twice does not free the next holder', () => {
    const folder = openDataFolder(dir);
    const lock = folder.lock();
    lock.release();
    folder.lock();
    lock.release();
    expect(() => folder.lock()).toThrow(FolderInUseError);
  });

  test('a pid that belongs to another process by now does not hold it', () => {
    const folder = openDataFolder(dir);
    folder.lock();
    const file = join(dir, 'lock');
    const holder = JSON.parse(readFileSync(file, 'utf8')) as object;
    writeFileSync(file, JSON.stringify({ ...holder, born: 'long ago' }));
    folder.lock();
  });

  test('a dead process that its parent has not reaped does not hold it', async () => {
    // The shell becomes `sleep`, which never asks after the child it inherits.
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60']);
    contenders.add(parent);
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    const holder = identityOf(pid);
    const folder = openDataFolder(dir);
    writeFileSync(join(dir, 'lock'), JSON.stringify({ ...holder, nonce: randomUUID() }));
    expect(() => folder.lock()).toThrow(`process ${pid}`);
    process.kill(pid, 'SIGKILL');
    while (identityOf(pid) !== null) await sleep(10);
    folder.lock();
  });

  test.each(['', '{', '{"pid":1}', '{"pid":1,"born":"x","nonce":"../../x"}'])(
    'a file that says %j does not hold it',
    (content) => {
      const folder = openDataFolder(dir);
      writeFileSync(join(dir, 'lock'), content);
      folder.lock();
      expect(() => folder.lock()).toThrow(FolderInUseError);
    },
  );

  test('a takeover whose process died in the middle of it is taken over as well', async () => {
    const folder = openDataFolder(dir);
    const child = await contender();
    await tryLock(child);
    await kill(child);
    const { nonce } = JSON.parse(readFileSync(join(dir, 'lock'), 'utf8')) as { nonce: string };
    const dead = { pid: child.pid, born: 'x', nonce: '00000000-0000-4000-8000-000000000000' };
    writeFileSync(join(dir, `lock.${nonce}`), JSON.stringify(dead));
    folder.lock();
    expect(readdirSync(dir)).toEqual(['lock']);
  });

  test('of rivals who find a killed holder, exactly one wins, in 20 rounds', async () => {
    mkdirSync(dir);
    let holder = await contender();
    expect(await tryLock(holder)).toBe('locked');
    const rivals = [await contender(), await contender(), await contender()];
    for (let round = 0; round < 20; round++) {
      await kill(holder);
      const results = await Promise.all(rivals.map(tryLock));
      expect(results.filter((result) => result === 'locked')).toHaveLength(1);
      const [winner] = rivals.splice(results.indexOf('locked'), 1, await contender());
      holder = winner!;
    }
    expect(readdirSync(dir)).toEqual(['lock']);
  }, 60_000);
});

describe('the admin key', () => {
  test('is made once, long and random, and readable by its owner only', () => {
    const made = openDataFolder(dir).adminKey();
    expect(made.made).toBe(true);
    expect(made.key.reveal()).toMatch(/^[\w-]{43}$/);
    expect(statSync(made.file).mode & 0o777).toBe(0o600);
    const again = openDataFolder(dir).adminKey();
    expect([again.made, again.key.reveal()]).toEqual([false, made.key.reveal()]);
  });

  test('an empty file is refused rather than taken for a key', () => {
    const folder = openDataFolder(dir);
    writeFileSync(join(dir, 'admin-key'), '\n');
    expect(() => folder.adminKey()).toThrow(/admin-key is empty: delete it/);
  });
});
