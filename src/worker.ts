// The worker as a process of its own.
import { required } from './domain/required';
import { openSharedParts } from './roles/apart';
import { startMetricsServer } from './roles/metrics-server';
import { runProcess } from './roles/run-process';
import { prebuiltBundle, startWorkerRole } from './roles/worker-role';

void runProcess('worker', async ({ config, log, telemetry, say }) => {
  const { closing, ...parts } = await openSharedParts(config, log, telemetry, 'worker');
  try {
    const worker = await startWorkerRole({
      ...parts,
      config,
      log,
      telemetry,
      bundlePath: prebuiltBundle(),
      // The API is another process.
      answersFirst: () => false,
    });
    closing.add(() => worker.stop());
    const { key, host, port } = config.metrics;
    if (port !== null) {
      const server = await startMetricsServer({ host, port }, required(key, 'the metrics key'), telemetry);
      closing.add(() => server.stop());
      say(`metrics: ${server.url}`);
    }
    say('the worker is up');
    return { ended: worker.ended, stop: () => closing.close() };
  } catch (error) {
    await closing.close();
    throw error;
  }
});
