// The order in which a Temporal CLI is found, with real (small) programs in place of the big ones.

import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTemporalCli, TemporalCliMissingError } from '../../src/temporal/cli-finder';
import { type RunProgram, runProgram } from '../../src/temporal/program';

let home: string;
let said: string[];
/** The lines that must be said before the `go` of these tests comes to its end. */
let goWaitsFor: RegExp[];

beforeEach(() => {
  goWaitsFor = [];
  home = mkdtempSync(join(tmpdir(), 'jisr-cli-'));
  said = [];
});

afterEach(() => {
  rmSync(home, { recursive: true });
});

const CACHED = 'cache/jisr/temporal-v1.5.1/temporal';

/** A shell script; it takes the place of a program. */
function program(path: string, script: string): string {
  const file = join(home, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

const temporal = (path: string) => program(path, 'echo temporal version 1.0.0');

/** A `go` that notes each call, takes until these lines were said, and makes a `temporal`. */
function go(...waitsFor: RegExp[]): void {
  goWaitsFor = waitsFor;
  program(
    'bin/go',
    `echo "$@" >> ${home}/go-calls
     while [ -d ${home} ] && [ ! -e ${home}/go-on ]; do sleep 0.02; done
     printf '#!/bin/sh\\necho temporal version built\\n' > $GOBIN/temporal
     chmod +x $GOBIN/temporal`,
  );
}

/** The download is answered as without a network; everything else runs. */
const offline: RunProgram = (file, args, options) =>
  file === process.execPath
    ? Promise.resolve({ ok: false, stdout: '', reason: 'no network' })
    : runProgram(file, args, options);

function find(cliPath: string | null = null) {
  const env = { PATH: `${home}/bin:/usr/bin:/bin`, HOME: home, XDG_CACHE_HOME: `${home}/cache` };
  const say = (line: string) => {
    said.push(line);
    if (goWaitsFor.every((words) => said.some((each) => words.test(each))))
      writeFileSync(`${home}/go-on`, '');
  };
  return findTemporalCli({ cliPath, env, say, run: offline, progressEveryMs: 50 });
}

test('TEMPORAL_CLI_PATH comes before PATH', async () => {
  temporal('bin/temporal');
  const path = temporal('own/temporal');
  expect(await find(path)).toEqual({ path, version: 'temporal version 1.0.0' });
});

test.each([
  ['is missing', () => join(home, 'none'), /ENOENT/],
  ['cannot be executed', () => (chmodSync(temporal('own'), 0o644), join(home, 'own')), /EACCES/],
  ['is another program', () => program('own', 'echo hello'), /does not tell a version/],
  ['fails', () => program('own', 'echo no such flag >&2; exit 3'), /no such flag/],
])('a TEMPORAL_CLI_PATH that %s is an error, even with another one on PATH', async (_, path, reason) => {
  temporal('bin/temporal');
  const search = find(path());
  await expect(search).rejects.toThrow(TemporalCliMissingError);
  await expect(search).rejects.toThrow(reason);
});

test('PATH comes before the cache', async () => {
  temporal(CACHED);
  const path = temporal('bin/temporal');
  expect(await find()).toMatchObject({ path });
});

test('a broken one on PATH is passed over', async () => {
  program('bin/temporal', 'exit 1');
  const path = temporal(CACHED);
  expect(await find()).toMatchObject({ path });
});

test('one that was downloaded before is taken without a word', async () => {
  const path = temporal('cache/jisr/temporal-download/temporal-cli-sdk-typescript-1.24.0');
  expect(await find()).toMatchObject({ path });
  expect(said).toEqual([]);
});

test('with none anywhere it is built into the cache, and the next search finds it there', async () => {
  go(/still building/);
  expect(await find()).toEqual({ path: join(home, CACHED), version: 'temporal version built' });
  expect(readFileSync(`${home}/go-calls`, 'utf8')).toBe(
    'install github.com/temporalio/cli/cmd/temporal@v1.5.1\n',
  );
  expect(said.join('\n')).toMatch(/downloading[^]*building[^]*still building/);
  said = [];
  expect(await find()).toMatchObject({ path: join(home, CACHED) });
  expect(said).toEqual([]);
});

test('two searches at once build it once', async () => {
  go(/building/, /waiting for it/);
  const found = await Promise.all([find(), find()]);
  expect(found.map(({ path }) => path)).toEqual([join(home, CACHED), join(home, CACHED)]);
  expect(readFileSync(`${home}/go-calls`, 'utf8').trim().split('\n')).toHaveLength(1);
  expect(said.join('\n')).toMatch(/waiting for it/);
});

test('a build that fails leaves nothing behind, and the error says what to install', async () => {
  program('bin/go', 'echo half > $GOBIN/temporal; echo dial tcp: no route >&2; exit 1');
  await expect(find()).rejects.toThrow(
    /download: no network\n.*go install: dial tcp: no route\n.*install it/,
  );
  expect(existsSync(join(home, CACHED))).toBe(false);
  expect(existsSync(join(home, 'cache/jisr/temporal.lock'))).toBe(false);
});

test('a download that hangs is given up', async () => {
  const proxy = createServer().listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const asked = once(proxy, 'connection');
  const { port } = proxy.address() as AddressInfo;
  const env = { PATH: `${home}/bin`, HOME: home, HTTPS_PROXY: `http://127.0.0.1:${port}` };
  const say = (line: string) => void said.push(line);
  try {
    const search = findTemporalCli({ cliPath: null, env, say, downloadTimeoutMs: 3_000 });
    await expect(search).rejects.toThrow(/download: no end within 3 s\n.*go is not installed/);
    // The SDK did reach out, so the limit is what ended it.
    await asked;
  } finally {
    proxy.close();
  }
});
