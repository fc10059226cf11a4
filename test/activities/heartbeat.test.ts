// What ends an attempt that is under way.
import { MockActivityEnvironment } from '@temporalio/testing';
import { workerStops } from '../../src/activities/heartbeat';
import { QUIET } from '../support/quiet';

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

test('all attempts of an activity have the same one: a batch leaves no listener behind for each', async () => {
  const env = new MockActivityEnvironment({}, QUIET);
  await env.run(() => {
    const { cancellationSignal } = env.context;
    const listened = jest.spyOn(cancellationSignal, 'addEventListener');
    expect(workerStops()).toBe(workerStops());
    expect(listened).toHaveBeenCalledTimes(1);
    return Promise.resolve();
  });
});

test('of one that has stopped already it is known at once', async () => {
  const env = new MockActivityEnvironment({}, QUIET);
  env.cancel('WORKER_SHUTDOWN');
  expect(await env.run(() => Promise.resolve(workerStops().aborted))).toBe(true);
});
