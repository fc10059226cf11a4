// Has the SDK fetch the Temporal CLI that it was tested with (what its tests call "cached-download").
// Never runs in this process: the SDK can neither be told to stop, nor fetch without starting a server.

import { mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemErrorCode } from '../system-error';
import type { ProgramOptions, ProgramRun, RunProgram } from './program';

// Runtime.createEphemeralServer is what @temporalio/testing calls; that package is for development only.
const SCRIPT = `
const [sdk, downloadDir] = process.argv.slice(1);
const { Runtime } = require(sdk);
const { version: sdkVersion } = require(sdk + '/package.json');
const runtime = Runtime.instance();
const exe = {
  type: 'cached-download', downloadDir, version: 'default', ttl: 86400000, sdkName: 'sdk-typescript', sdkVersion,
};
runtime
  .createEphemeralServer({
    type: 'dev-server', exe, ip: '127.0.0.1', port: null, ui: false, uiPort: null, namespace: 'default',
    dbFilename: null, log: { format: 'json', level: 'error' }, extraArgs: [],
  })
  .then((server) => runtime.shutdownEphemeralServer(server))
  .then(() => process.exit(0), (error) => { console.error(error.message); process.exit(1); });
`;

/** Ends within `timeoutMs`, also without a network. What it fetched lies in `folder`. */
export async function downloadCli(
  folder: string,
  run: RunProgram,
  options: ProgramOptions,
): Promise<ProgramRun> {
  const sdk = dirname(require.resolve('@temporalio/worker/package.json'));
  await mkdir(folder, { recursive: true });
  const args = ['-e', SCRIPT, sdk, folder];
  const result = await run(process.execPath, args, options);
  // Half a file would make the next try wait for somebody to finish it.
  if (!result.ok) await rm(folder, { recursive: true, force: true });
  return result;
}

/** What an earlier start downloaded. */
export async function downloadedFiles(folder: string): Promise<readonly string[]> {
  try {
    const names = await readdir(folder);
    return names.filter((name) => name.startsWith('temporal')).map((name) => join(folder, name));
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
