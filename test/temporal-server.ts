// A Temporal server of its own, in memory, for the tests that need one.
// Never shared between runs: whoever starts it stops it.

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
  // Nothing is kept, so it need not go gently (which takes it two seconds).
  return startDevServer({ storage: null, searchAttributes: {}, say, stopTimeoutMs: 1, ...options, cliPath });
}
