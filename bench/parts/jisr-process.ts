// One process of the bridge, from dist, as production runs it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { required } from '../../src/domain/required';
import { endWithUs } from '../../test/temporal-server';
import { until } from './until';

export interface JisrProcess {
  readonly pid: number;
  /** Where its API listens; null when it has none. */
  readonly url: string | null;
  /** What it said last, on either stream. */
  readonly said: () => string;
  readonly hasEnded: () => boolean;
  /** Answers the exit code; null when a signal ended it. */
  readonly end: (signal: NodeJS.Signals) => Promise<number | null>;
  /** Throws when it ended before it was told to. */
  readonly stop: () => Promise<void>;
}

const ROOT = join(__dirname, '../..');
const START_WITHIN_MS = 60_000;
/** Of what it said: enough for a start, and for the message when it fails. */
const LAST_WORDS = 100_000;

export async function startJisrProcess(options: {
  /** Holds dist and node_modules. Default: this repository. */
  readonly root?: string;
  /** In dist. */
  readonly script: string;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly nodeArguments?: readonly string[];
}): Promise<JisrProcess> {
  const { root = ROOT, script, folder, env, nodeArguments = [] } = options;
  const child = spawn(process.execPath, [...nodeArguments, join(root, 'dist', script)], {
    cwd: folder,
    env: { ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const pid = required(child.pid, `the pid of ${script}`);
  const release = endWithUs(pid);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => {
      said = (said + text.toString()).slice(-LAST_WORDS);
    });
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  await until(
    () => {
      if (hasEnded()) throw new Error(`${script} did not start:\n${said}`);
      return /is up\b/.test(said);
    },
    { what: `${script} is up`, withinMs: START_WITHIN_MS },
  );
  async function end(signal: NodeJS.Signals): Promise<number | null> {
    if (!hasEnded()) {
      const gone = once(child, 'exit');
      child.kill(signal);
      await gone;
      release();
    }
    return child.exitCode;
  }
  return {
    pid,
    url: /(?:Jisr is up|the API is up): +(\S+)/.exec(said)?.[1] ?? null,
    said: () => said,
    hasEnded,
    end,
    stop: async () => {
      if (hasEnded()) throw new Error(`${script} ended by itself:\n${said}`);
      await end('SIGTERM');
    },
  };
}
