// Jisr as a process of its own, started as `npm start` starts it, and killed as the world kills it.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { required } from '../../src/domain/required';
import { startJisrProcess, type JisrProcess as StartedProcess } from '../../bench/parts/jisr-process';
import { findTestCli } from '../temporal-server';

/** All suites of the processes can be run in either mode. */
export const TEST_PROCESSING = process.env['JISR_TEST_PROCESSING'] ?? 'auto';

const ROOT = join(__dirname, '../..');

export interface JisrProcess {
  /** Of the current start. */
  readonly url: () => string;
  readonly uiUrl: () => string;
  readonly dataDir: string;
  /** Of the current start. */
  pid(): number;
  readonly get: (path: string) => Promise<unknown>;
  readonly post: (path: string, body?: object) => Promise<unknown>;
  start(): Promise<void>;
  /** kill -9 of Node alone: the Temporal server it started is orphaned. */
  killNode(): Promise<void>;
  /** kill -9 of Node and of its Temporal server. */
  killAll(): Promise<void>;
  /** SIGTERM; answers the exit code. */
  stop(): Promise<number | null>;
  temporalPid(): number;
  temporalAddress(): string;
  remove(): void;
}

/**
 * @param script in dist, e.g. `start.js`
 * @param root holds dist and node_modules
 */
export async function jisrProcess(
  env: Record<string, string>,
  script = 'start.js',
  root = ROOT,
): Promise<JisrProcess> {
  if (!existsSync(join(root, 'dist', script))) throw new Error('run `npm run build` first');
  const folder = mkdtempSync(join(tmpdir(), 'jisr-e2e-'));
  const dataDir = join(folder, 'data');
  const cli = await findTestCli();
  let started: StartedProcess | null = null;

  const current = () => required(started, 'a start of Jisr');
  const url = () => required(current().url, 'the address of the API');
  const record = () =>
    JSON.parse(readFileSync(join(dataDir, 'temporal.json'), 'utf8')) as {
      process: { pid: number };
      ports: { grpc: number };
    };
  const call = async (method: string, path: string, body?: object) => {
    const answer = await fetch(url() + path, {
      method,
      headers: { 'x-api-key': 'test-admin-key', 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const json: unknown = await answer.json();
    if (answer.status >= 500) throw new Error(`${path}: ${answer.status} ${JSON.stringify(json)}`);
    return json;
  };
  return {
    url,
    uiUrl: () => required(/Web UI: +(\S+)/.exec(current().said())?.[1], 'the address of the Web UI'),
    dataDir,
    pid: () => current().pid,
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body),
    start: async () => {
      started = await startJisrProcess({
        root,
        script,
        folder,
        env: {
          PATH: process.env['PATH'] ?? '',
          HOME: process.env['HOME'] ?? '',
          TEMPORAL_CLI_PATH: cli,
          JISR_DATA_DIR: dataDir,
          JISR_ADMIN_KEY: 'test-admin-key',
          PORT: '0',
          LOG_LEVEL: 'warn',
          JISR_PROCESSING: TEST_PROCESSING,
          ...env,
        },
      });
    },
    killNode: async () => {
      await current().end('SIGKILL');
    },
    killAll: async () => {
      const { pid } = record().process;
      await current().end('SIGKILL');
      process.kill(pid, 'SIGKILL');
    },
    stop: () => current().end('SIGTERM'),
    temporalPid: () => record().process.pid,
    temporalAddress: () => `127.0.0.1:${record().ports.grpc}`,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A killed process may stand as a zombie until its parent, or init, has looked. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
