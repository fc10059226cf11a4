// The HTTP interface as a process of its own.
import { openSharedParts, requiredAdminKey, requiredSecretKey } from '../roles/apart';
import { startApiRole } from '../roles/api-role';
import { runProcess } from '../roles/run-process';

void runProcess(async ({ config, log, say }) => {
  const adminKey = requiredAdminKey(config);
  const secretKey = requiredSecretKey(config);
  const { store, session, closing } = await openSharedParts(config, log);
  try {
    const api = await startApiRole({
      config,
      store,
      session,
      adminKey,
      secretKey,
      uiUrl: config.temporal.uiUrl,
      startsEagerly: false,
      log,
    });
    closing.add(() => api.stop());
    say(`the API is up: ${api.url}`);
    return { ended: new Promise(() => undefined), stop: () => closing.close() };
  } catch (error) {
    await closing.close();
    throw error;
  }
});
