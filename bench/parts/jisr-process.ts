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
  readonly stop: () => Promise<void>;
}

const DIST = join(__dirname, '../../dist');
const START_WITHIN_MS = 60_000;
/** Of what it said, for the message when it fails. */
const LAST_WORDS = 4_000;

export async function startJisrProcess(options: {
  /** In dist. */
  readonly script: string;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly nodeArguments: readonly string[];
}): Promise<JisrProcess> {
  const { script, folder, env, nodeArguments } = options;
  const child = spawn(process.execPath, [...nodeArguments, join(DIST, script)], {
    cwd: folder,
    env: { ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const pid = required(child.pid, `the pid of ${script}`);
  const release = endWithUs(pid);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => {
      said = said.length < LAST_WORDS ? said + text.toString() : (said + text.toString()).slice(-LAST_WORDS);
    });
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  await until(
    () => {
      if (hasEnded()) throw new Error(`${script} did not start:\n${said}`);
      return /is up\b/.test(said);
    },
    { what: `${script} is up`, withinMs: START_WITHIN_MS },
  );
  return {
    pid,
    url: /(?:Jisr is up|the API is up): +(\S+)/.exec(said)?.[1] ?? null,
    stop: async () => {
      if (hasEnded()) throw new Error(`${script} ended by itself:\n${said}`);
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
      release();
    },
  };
}
