// `npm start`: the whole bridge in one process.
import { childEnvironment } from './config';
import { startBridge } from './roles/embedded';
import { runProcess } from './roles/run-process';
import { prebuiltBundle } from './roles/worker-role';

void runProcess(async ({ config, log, say }) => {
  const bridge = await startBridge({
    config,
    log,
    say,
    env: childEnvironment(),
    bundlePath: prebuiltBundle(),
  });
  const pushOnly = config.sources.every((source) => source.pull === null);
  say('');
  say(`Jisr is up:        ${bridge.url}`);
  say(`Temporal Web UI:   ${bridge.uiUrl ?? 'unknown; set TEMPORAL_UI_URL for links'}`);
  if (bridge.temporalAddress !== null) say(`Temporal address:  ${bridge.temporalAddress}`);
  if (bridge.newAdminKeyFile !== null) say(`Admin key made:    ${bridge.newAdminKeyFile}`);
  if (pushOnly) say('No ODOO_URL is set: nothing is pulled, so an event that Odoo does not push is missed.');
  return bridge;
});
