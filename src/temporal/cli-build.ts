// Builds the Temporal CLI from its sources with Go, once; it then lies in Jisr's cache folder.
// Never leaves a half-built program where a finished one is looked for.

import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../config';
import type { ProgramRun, RunProgram } from './program';

/** Later tags cannot be installed this way: their go.mod replaces modules. */
export const CLI_VERSION = 'v1.5.1';
const MODULE = `github.com/temporalio/cli/cmd/temporal@${CLI_VERSION}`;
const BUILD_TIMEOUT_MS = 15 * 60_000;

export interface BuildOptions {
  /** Where `temporal` is put. */
  readonly folder: string;
  readonly env: Environment;
  readonly run: RunProgram;
  readonly say: (line: string) => void;
  readonly progressEveryMs: number;
}

/** Only under the lock of the cache: the workplace has a fixed name, so that what a killed build left goes. */
export async function buildCli({
  folder,
  env,
  run,
  say,
  progressEveryMs,
}: BuildOptions): Promise<ProgramRun> {
  const workplace = `${folder}.build`;
  await rm(workplace, { recursive: true, force: true });
  await mkdir(workplace, { recursive: true });
  await mkdir(folder, { recursive: true });
  say(`building the Temporal CLI ${CLI_VERSION} with go: this takes 2 to 4 minutes, once`);
  const begun = Date.now();
  const progress = setInterval(() => {
    say(`still building the Temporal CLI (${Math.round((Date.now() - begun) / 1000)} s)`);
  }, progressEveryMs);
  try {
    const options = { env: { ...env, GOBIN: workplace }, timeoutMs: BUILD_TIMEOUT_MS };
    const result = await run('go', ['install', MODULE], options);
    if (result.ok) await rename(join(workplace, 'temporal'), join(folder, 'temporal'));
    return result;
  } finally {
    clearInterval(progress);
    await rm(workplace, { recursive: true, force: true });
  }
}
