// What ends an attempt that is under way.
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { workerStops } from '../../src/activities/heartbeat';

const QUIET = { logger: new DefaultLogger('ERROR') };

test.each([
  ['WORKER_SHUTDOWN', true],
  ['CANCELLED', false],
] as const)('a worker that stops ends it, a run that gives it up does not: %s', async (reason, ends) => {
  const env = new MockActivityEnvironment({}, QUIET);
  const aborted = await env.run(() => {
    const signal = workerStops();
    env.cancel(reason);
    return Promise.resolve(signal.aborted);
  });
  expect(aborted).toBe(ends);
});

test('of one that has stopped already it is known at once', async () => {
  const env = new MockActivityEnvironment({}, QUIET);
  env.cancel('WORKER_SHUTDOWN');
  expect(await env.run(() => Promise.resolve(workerStops().aborted))).toBe(true);
});
