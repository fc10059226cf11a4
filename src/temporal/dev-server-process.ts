// The `temporal server start-dev` process: its arguments, its last words, its end.
// Never restarts it.

import { spawn } from 'node:child_process';
import { identityOf, type ProcessIdentity } from '../data-folder/process-identity';
import type { DevServerPorts } from './dev-server-record';

/** When SQLite has the disk confirm what it wrote. */
export type SqliteSynchronous = 'full' | 'normal' | 'off';

export interface ServerProcessOptions {
  readonly cliPath: string;
  readonly ports: DevServerPorts;
  readonly namespace: string;
  /** Null keeps everything in memory. */
  readonly dbFile: string | null;
  readonly synchronous: SqliteSynchronous;
  readonly searchAttributes: Readonly<Record<string, string>>;
  readonly stopTimeoutMs: number;
}

export interface ServerProcess {
  /** Null when it never began, or is gone already. */
  readonly identity: ProcessIdentity | null;
  /** Resolves at its end with what is known about why. */
  readonly ended: Promise<string>;
  readonly hasEnded: () => boolean;
  readonly stop: () => Promise<void>;
}

const LAST_LINES = 10;

/** deploy/temporal/dynamicconfig.yaml says the same to a server that runs apart. */
export const DYNAMIC_CONFIG = {
  // Off: otherwise every visibility call reads the search attributes from the database.
  'system.forceSearchAttributesCacheRefreshOnRead': false,
  // One partition: there is one server and few workers, so more of them only delay a task.
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
  // Without it the server ignores priority and fairnessKey.
  'matching.enableFairness': true,
  // A batch lists up to 200 event ids in one attribute; the default of 2,048 bytes is too short.
  'frontend.searchAttributesSizeOfValueLimit': 16_384,
} as const;

export function spawnServer(options: ServerProcessOptions): ServerProcess {
  const child = spawn(options.cliPath, serverArguments(options), {
    // Its own group: Ctrl-C at the terminal must reach Jisr alone, which needs the server to drain its work.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    // Nothing of ours: it would take TEMPORAL_* and the user's temporal.toml for settings, and needs no secret.
    env: {},
  });
  let lastWords: readonly string[] = [];
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (chunk: string) => {
    lastWords = [...lastWords, ...chunk.split('\n').filter((line) => line.trim() !== '')].slice(-LAST_LINES);
  });

  const endWithUs = (): void => {
    child.kill('SIGTERM');
  };
  process.once('exit', endWithUs);

  let over = false;
  const ended = new Promise<string>((resolve) => {
    const finish = (how: string): void => {
      over = true;
      process.removeListener('exit', endWithUs);
      resolve([how, ...lastWords].join('\n  '));
    };
    child.once('error', (error) => {
      finish(error.message);
    });
    // Not 'exit': its last words may still be in the pipe then.
    child.once('close', (code, signal) => {
      finish(signal === null ? `exit code ${String(code)}` : `ended by ${signal}`);
    });
  });

  return {
    identity: child.pid === undefined ? null : identityOf(child.pid),
    ended,
    hasEnded: () => over,
    stop: async () => {
      if (over) return;
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), options.stopTimeoutMs);
      await ended;
      clearTimeout(force);
    },
  };
}

function serverArguments(options: ServerProcessOptions): readonly string[] {
  const { ports, dbFile, synchronous, namespace, searchAttributes } = options;
  // The flag after --db-filename matters: dev-server-record.ts knows the file's end by it.
  const storage =
    dbFile === null
      ? []
      : [
          '--db-filename',
          dbFile,
          '--sqlite-pragma',
          'journal_mode=wal',
          '--sqlite-pragma',
          `synchronous=${synchronous}`,
        ];
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--namespace', namespace],
    ...['--port', String(ports.grpc), '--ui-port', String(ports.ui)],
    ...['--http-port', String(ports.http), '--metrics-port', String(ports.metrics)],
    ...storage,
    ...Object.entries(searchAttributes).flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
    ...Object.entries(DYNAMIC_CONFIG).flatMap(([key, value]) => [
      '--dynamic-config-value',
      `${key}=${JSON.stringify(value)}`,
    ]),
    ...['--log-level', 'error'],
  ];
}
