// Finds the `temporal` program that the embedded server runs on; downloads or builds it when there is none.
// Never returns a program that it has not run, and never installs anything outside Jisr's cache folder.

import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../config';
import { tryPidLock } from '../data-folder/pid-lock';
import { buildCli, CLI_VERSION } from './cli-build';
import { downloadCli, downloadedFiles } from './cli-download';
import { runProgram, type RunProgram } from './program';

export interface CliSearch {
  /** TEMPORAL_CLI_PATH; null looks for one. */
  readonly cliPath: string | null;
  /** PATH, HOME and XDG_CACHE_HOME are read here; child programs get all of it. */
  readonly env: Environment;
  /** Takes a line for the person at the terminal. */
  readonly say: (line: string) => void;
  readonly run?: RunProgram;
  /** Default: 10 s. */
  readonly progressEveryMs?: number;
  /** Default: 20 s. */
  readonly downloadTimeoutMs?: number;
}

export interface TemporalCli {
  readonly path: string;
  /** As the program says it: `temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)`. */
  readonly version: string;
}

/** Thrown when no Temporal CLI can be run; the message says what to install. */
export class TemporalCliMissingError extends Error {
  override readonly name = 'TemporalCliMissingError';
}

const VERSION_TIMEOUT_MS = 30_000;

export async function findTemporalCli(search: CliSearch): Promise<TemporalCli> {
  const run = search.run ?? runProgram;
  const { cliPath, env } = search;
  if (cliPath !== null) {
    const check = await runnable(cliPath, env, run);
    if (typeof check !== 'string') return check;
    throw new TemporalCliMissingError(
      `TEMPORAL_CLI_PATH names ${cliPath}, which does not run as the Temporal CLI (${check}): ` +
        'name another, or unset it to have one found',
    );
  }
  const tried: string[] = [];
  const installed = (env['PATH'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  const found =
    (await firstRunnable(
      installed.map((folder) => join(folder, 'temporal')),
      env,
      run,
      tried,
    )) ??
    (await cached(cacheFolder(env), env, run, tried)) ??
    (await obtain(search, run, tried));
  if (found !== null) return found;
  throw new TemporalCliMissingError(
    [
      'no Temporal CLI was found, and none could be made:',
      ...tried.map((line) => `  ${line}`),
      'install it (https://docs.temporal.io/cli), or Go 1.24 or later, or name it in TEMPORAL_CLI_PATH,',
      'or use a Temporal server that runs already: TEMPORAL_ADDRESS',
    ].join('\n'),
  );
}

/** Where Jisr keeps programs between starts. */
function cacheFolder(env: Environment): string {
  const xdg = env['XDG_CACHE_HOME'] ?? '';
  // By its specification a relative path counts as not set.
  return join(isAbsolute(xdg) ? xdg : join(env['HOME'] ?? homedir(), '.cache'), 'jisr');
}

const builtFolder = (cache: string): string => join(cache, `temporal-${CLI_VERSION}`);
const downloadFolder = (cache: string): string => join(cache, 'temporal-download');

async function cached(
  cache: string,
  env: Environment,
  run: RunProgram,
  tried: string[],
): Promise<TemporalCli | null> {
  const files = [join(builtFolder(cache), 'temporal'), ...(await downloadedFiles(downloadFolder(cache)))];
  return firstRunnable(files, env, run, tried);
}

/** One process at a time downloads or builds; the others wait, and take what it made. */
async function obtain(search: CliSearch, run: RunProgram, tried: string[]): Promise<TemporalCli | null> {
  const { env, say, progressEveryMs = 10_000, downloadTimeoutMs = 20_000 } = search;
  const cache = cacheFolder(env);
  mkdirSync(cache, { recursive: true });
  const lock = await waitForLock(join(cache, 'temporal.lock'), say);
  try {
    const madeMeanwhile = await cached(cache, env, run, []);
    if (madeMeanwhile !== null) return madeMeanwhile;

    say(`no Temporal CLI here yet: downloading it (${Math.ceil(downloadTimeoutMs / 1000)} s at most)`);
    const download = await downloadCli(downloadFolder(cache), run, { env, timeoutMs: downloadTimeoutMs });
    if (download.ok) return await cached(cache, env, run, tried);
    tried.push(`download: ${download.reason}`);

    const build = await buildCli({ folder: builtFolder(cache), env, run, say, progressEveryMs });
    if (build.ok) return await cached(cache, env, run, tried);
    tried.push(`go install: ${build.reason === 'ENOENT' ? 'go is not installed' : build.reason}`);
    return null;
  } finally {
    lock.release();
  }
}

async function waitForLock(
  file: string,
  say: (line: string) => void,
): Promise<{ readonly release: () => void }> {
  for (let round = 0; ; round++) {
    const attempt = tryPidLock(file);
    if (attempt.kind === 'locked') return attempt;
    if (round === 0) say(`process ${attempt.holder.pid} is getting the Temporal CLI: waiting for it`);
    await sleep(200);
  }
}

async function firstRunnable(
  files: readonly string[],
  env: Environment,
  run: RunProgram,
  tried: string[],
): Promise<TemporalCli | null> {
  for (const file of files) {
    const check = await runnable(file, env, run);
    if (typeof check !== 'string') return check;
    if (check !== 'ENOENT') tried.push(`${file}: ${check}`);
  }
  return null;
}

/** The program, or why it is none. */
async function runnable(path: string, env: Environment, run: RunProgram): Promise<TemporalCli | string> {
  const { ok, stdout, reason } = await run(path, ['--version'], { env, timeoutMs: VERSION_TIMEOUT_MS });
  if (!ok) return reason;
  const version = stdout.trim();
  return version.startsWith('temporal version') ? { path, version } : `does not tell a version of temporal`;
}
