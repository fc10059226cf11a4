// A Temporal server of its own, in memory, for the tests that need one.
// Never shared between runs: whoever starts it stops it, and it ends with whoever started it.

import { spawn } from 'node:child_process';
import { findTemporalCli } from '../src/temporal/cli-finder';
import { type DevServer, type DevServerOptions, startDevServer } from '../src/temporal/dev-server';

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** The same search as at a normal start. */
export async function findTestCli(): Promise<string> {
  const cliPath = process.env['TEMPORAL_CLI_PATH'] ?? null;
  return (await findTemporalCli({ cliPath, env: process.env, say })).path;
}

export async function startTestServer(options: Partial<DevServerOptions> = {}): Promise<DevServer> {
  const cliPath = options.cliPath ?? (await findTestCli());
  const releases: (() => void)[] = [];
  const release = (): void => {
    for (const each of releases) each();
  };
  const onSpawn = (pid: number): void => void releases.push(endWithUs(pid));
  try {
    const server = await startDevServer({
      storage: null,
      searchAttributes: {},
      say,
      // Nothing is kept, so it need not go gently (which takes it two seconds).
      stopTimeoutMs: 1,
      onSpawn,
      ...options,
      cliPath,
    });
    return {
      ...server,
      stop: async () => {
        await server.stop();
        release();
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}

/**
 * Has a process killed when this one ends, however: of a Ctrl-C or a kill -9 Node tells its code nothing.
 * Answers what takes that back, for when the process is gone.
 */
export function endWithUs(pid: number): () => void {
  // It waits for the end of its input, which comes with the end of this process.
  const guard = spawn('sh', ['-c', 'read _; kill -KILL "$0"', String(pid)], {
    // Its own group: the Ctrl-C that ends us must not end the guard first.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  return () => void guard.kill('SIGKILL');
}
