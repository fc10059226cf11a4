// The HTTP interface as a process of its own.
import { createPushBurst } from '../control/push-burst';
import { required } from '../domain/required';
import { openSharedParts } from '../roles/apart';
import { startApiRole } from '../roles/api-role';
import { runProcess } from '../roles/run-process';

void runProcess('api', async ({ config, log, telemetry, say }) => {
  const { closing, ...parts } = await openSharedParts(config, log, telemetry, 'api');
  try {
    const api = await startApiRole({
      ...parts,
      config,
      adminKey: required(config.adminKey, 'the admin key'),
      uiUrl: config.temporal.uiUrl,
      startsEagerly: false,
      burst: createPushBurst(Date.now),
      log,
      telemetry,
    });
    closing.add(() => api.stop());
    say(`the API is up: ${api.url}`);
    return { ended: new Promise(() => undefined), stop: () => closing.close() };
  } catch (error) {
    await closing.close();
    throw error;
  }
});
