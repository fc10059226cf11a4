// What is counted of the ports, before anything has passed through them.
import { createMetrics, type Metrics } from '../../src/metrics';
import type { EventRuns } from '../../src/contracts/event-runs';
import { measuredDispatch, measuredRuns } from '../../src/roles/measured-ports';
import { parseExposition } from '../support/exposition';

let metrics: Metrics;
beforeEach(() => {
  metrics = createMetrics({ version: '1.2.3', role: 'worker' });
});
const told = async () => parseExposition(await metrics.text());

test('rounds of the dispatcher are told as 0 before the first, so that one that never looks is seen', async () => {
  const activities = measuredDispatch({ startEvents: never, lookAfterEvents: never }, metrics);
  expect((await told()).valueOf('jisr_dispatch_rounds_total', { outcome: 'done' })).toBe(0);
  expect((await told()).valueOf('jisr_dispatch_rounds_total', { outcome: 'failed' })).toBe(0);
  expect((await told()).valueOf('jisr_dispatch_looked_after_total', { verdict: 'returned' })).toBe(0);
  await expect(activities.startEvents()).rejects.toThrow('never');
  expect((await told()).valueOf('jisr_dispatch_rounds_total', { outcome: 'failed' })).toBe(1);
});

test('starts are told as 0 before the first', async () => {
  const runs: EventRuns = {
    start: never,
    startBatch: never,
    signal: never,
    fateOf: never,
    closedSince: never,
  };
  measuredRuns(runs, 'dispatcher', metrics);
  for (const kind of ['event', 'batch'])
    for (const outcome of ['started', 'failed'])
      expect((await told()).valueOf('jisr_run_starts_total', { by: 'dispatcher', kind, outcome })).toBe(0);
});

function never(): Promise<never> {
  return Promise.reject(new Error('never'));
}
