// `npm start`: the whole bridge in one process.
import { childEnvironment } from './config';
import { startBridge } from './roles/embedded';
import { runProcess } from './roles/run-process';
import { prebuiltBundle } from './roles/worker-role';

void runProcess('all', async ({ config, log, telemetry, say }) => {
  const bridge = await startBridge({
    config,
    log,
    telemetry,
    say,
    env: childEnvironment(),
    bundlePath: prebuiltBundle(),
  });
  const pushOnly = config.sources.every((source) => source.pull === null);
  say('');
  say(`Jisr is up:        ${bridge.url}`);
  say(`Temporal Web UI:   ${bridge.uiUrl ?? 'unknown; set TEMPORAL_UI_URL for links'}`);
  if (bridge.temporalAddress !== null) say(`Temporal address:  ${bridge.temporalAddress}`);
  for (const { name, file } of bridge.newKeys) say(`${`${name} made:`.padEnd(18)} ${file}`);
  if (pushOnly) say('No ODOO_URL is set: nothing is pulled, so an event that Odoo does not push is missed.');
  if (config.sources.every((source) => source.push === null))
    say('No ODOO_PUSH_API_KEY is set: pushes are refused, and events come as quickly as they are pulled.');
  return bridge;
});
