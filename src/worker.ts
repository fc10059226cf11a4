// The worker as a process of its own.
import { openSharedParts } from './roles/apart';
import { runProcess } from './roles/run-process';
import { prebuiltBundle, startWorkerRole } from './roles/worker-role';

void runProcess(async ({ config, log, say }) => {
  const { closing, ...parts } = await openSharedParts(config, log, 'worker');
  try {
    const worker = await startWorkerRole({
      ...parts,
      config,
      log,
      bundlePath: prebuiltBundle(),
      // The API is another process.
      answersFirst: () => false,
    });
    closing.add(() => worker.stop());
    say('the worker is up');
    return { ended: worker.ended, stop: () => closing.close() };
  } catch (error) {
    await closing.close();
    throw error;
  }
});
