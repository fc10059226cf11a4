// When the workflow of a bulk act ends: on the real server, with shifts that answer what the test wants.
import { Worker } from '@temporalio/worker';
import type { HandOnAnswer, ReplayProgress } from '../../src/contracts/activities';
import { WORKFLOW_TYPES } from '../../src/contracts/names';
import { openTestSession } from '../support/bridge';

const PROGRESS: ReplayProgress = {
  act: 'retry',
  state: 'aborted',
  stateReason: 'enough',
  waitsFor: null,
  planned: 3,
  done: 3,
  skipped: 0,
  skips: {},
  actor: 'admin',
  reason: 'a test',
};

test.each([
  [
    'aborted',
    [
      { state: 'aborted', leftToTell: 2 },
      { state: 'aborted', leftToTell: 0 },
    ],
  ],
  [
    'paused, then aborted',
    [
      { state: 'paused', leftToTell: 2 },
      { state: 'aborted', leftToTell: 1 },
      { state: 'aborted', leftToTell: 0 },
    ],
  ],
] as const)(
  '%s between a page and its telling, it ends when the parked runs have heard',
  async (_, answers) => {
    const session = await openTestSession();
    const left: HandOnAnswer[] = answers.map(({ state, leftToTell }) => ({
      progress: { ...PROGRESS, state },
      leftToTell,
    }));
    const worker = await Worker.create({
      connection: session.connection,
      namespace: session.namespace,
      taskQueue: 'shifts',
      workflowBundle: { codePath: process.env['JISR_TEST_BUNDLE']! },
      activities: { handOn: () => Promise.resolve(left.shift()) },
    });
    const result: unknown = await worker.runUntil(
      session.client.workflow.execute(WORKFLOW_TYPES.replay, {
        workflowId: 'replay/r-1',
        taskQueue: 'shifts',
        args: [{ id: 'r-1' }],
      }),
    );
    await session.close();
    expect(result).toMatchObject({ state: 'aborted' });
    expect(left).toEqual([]);
  },
  // Well within the minute after which one that is paused looks by itself.
  45_000,
);
