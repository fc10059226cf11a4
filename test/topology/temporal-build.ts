// The Temporal server and its SQL tool, built from their sources with Go, once; they then lie in Jisr's cache
// folder. Never leaves a half-built program where a finished one is looked for.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { tryPidLock } from '../../src/data-folder/pid-lock';
import { runProgram } from '../../src/temporal/program';
import { eventually } from '../support/bridge';

/** As docker-compose.yml has it. */
export const SERVER_VERSION = 'v1.29.1';
const MODULE = `go.temporal.io/server@${SERVER_VERSION}`;
/** Its go.mod wants 1.25; from 1.21 on Go fetches the version that a module wants. */
const LEAST_GO_MINOR = 21;
const BUILD_TIMEOUT_MS = 15 * 60_000;

export const HOW_TO_INSTALL_GO = `Go 1.${LEAST_GO_MINOR} or later is missing: install it from https://go.dev/dl`;

export interface TemporalPrograms {
  /** Holds `temporal-server` and `temporal-sql-tool`, as the images name them. */
  readonly folder: string;
  /** Holds `temporal/versioned` and `visibility/versioned`. */
  readonly schemaDir: string;
}

export function findGo(): boolean {
  try {
    const version = execFileSync('go', ['version'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [, major = '0', minor = '0'] = /go(\d+)\.(\d+)/.exec(version) ?? [];
    return Number(major) > 1 || Number(minor) >= LEAST_GO_MINOR;
  } catch {
    return false;
  }
}

export async function buildTemporal(say: (line: string) => void): Promise<TemporalPrograms> {
  const folder = join(cacheFolder(), `temporal-server-${SERVER_VERSION}`);
  mkdirSync(folder, { recursive: true });
  const lock = await eventually(() => {
    const attempt = tryPidLock(`${folder}.lock`);
    if (attempt.kind === 'taken') throw new Error(`process ${attempt.holder.pid} builds the Temporal server`);
    return attempt;
  }, BUILD_TIMEOUT_MS);
  try {
    await install(folder, 'cmd/server', 'temporal-server', say);
    await install(folder, 'cmd/tools/sql', 'temporal-sql-tool', say);
  } finally {
    lock.release();
  }
  const { Dir } = JSON.parse(await go(['mod', 'download', '-json', MODULE], folder)) as { Dir: string };
  return { folder, schemaDir: join(Dir, 'schema/postgresql/v12') };
}

async function install(
  folder: string,
  path: string,
  name: string,
  say: (line: string) => void,
): Promise<void> {
  const program = join(folder, name);
  if (existsSync(program)) return;
  say(`building ${name} ${SERVER_VERSION} with go: this takes 2 to 4 minutes, once`);
  const workplace = join(folder, 'build');
  rmSync(workplace, { recursive: true, force: true });
  const begun = Date.now();
  await go(['install', MODULE.replace('@', `/${path}@`)], folder, { GOBIN: workplace });
  renameSync(join(workplace, path.slice(path.lastIndexOf('/') + 1)), program);
  rmSync(workplace, { recursive: true });
  say(`built in ${Math.round((Date.now() - begun) / 1000)} s`);
}

async function go(args: readonly string[], cwd: string, env: Record<string, string> = {}): Promise<string> {
  // -C: a go.mod above the working folder must have no say.
  const result = await runProgram('go', ['-C', cwd, ...args], {
    env: { ...process.env, ...env },
    timeoutMs: BUILD_TIMEOUT_MS,
  });
  if (!result.ok) throw new Error(`go ${args.join(' ')}: ${result.reason}`);
  return result.stdout;
}

function cacheFolder(): string {
  const xdg = process.env['XDG_CACHE_HOME'] ?? '';
  return join(isAbsolute(xdg) ? xdg : join(homedir(), '.cache'), 'jisr');
}
