// The worker as a process of its own.
import { openSharedParts, requiredSecretKey } from './roles/apart';
import { runProcess } from './roles/run-process';
import { prebuiltBundle, startWorkerRole } from './roles/worker-role';

void runProcess(async ({ config, log, say }) => {
  const secretKey = requiredSecretKey(config);
  const { store, session, closing } = await openSharedParts(config, log);
  try {
    const worker = await startWorkerRole({ config, store, session, bundlePath: prebuiltBundle(), secretKey });
    closing.add(() => worker.stop());
    say('the worker is up');
    return { ended: worker.ended, stop: () => closing.close() };
  } catch (error) {
    await closing.close();
    throw error;
  }
});
