// `npm run demo`: the bridge with a simulated Odoo, a scene, and a verdict. `-- --exit` ends it with 0 or 1.
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { childEnvironment } from './config';
import { playDemo } from './demo/play';
import { resultTable } from './demo/table';
import { createLogger } from './logger';
import { report, say } from './roles/run-process';
import { prebuiltBundle } from './roles/worker-role';
import { installRuntime } from './temporal/session';

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { exit: { type: 'boolean', default: false } } });
  // The faults of the scene are meant; their warnings would hide it.
  const log = createLogger({ level: 'fatal' });
  installRuntime(log);
  const demo = await playDemo({ env: childEnvironment(), log, say, bundlePath: prebuiltBundle() });
  for (const line of resultTable(demo.result)) say(line);
  process.exitCode = demo.result.verdict.ok ? 0 : 1;
  if (!values.exit) {
    say(`  Temporal Web UI   ${demo.bridge.uiUrl ?? ''}`);
    say(`  Temporal address  ${demo.bridge.temporalAddress ?? ''}`);
    say(`  API               ${demo.bridge.url}/api/v1/events   (X-API-Key: ${demo.bridge.adminKey})`);
    say('\n  It stays up until Ctrl-C.');
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  }
  await demo.close();
}

main().catch(report);
