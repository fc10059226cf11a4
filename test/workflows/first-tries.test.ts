// The first tries of an event's deliveries are local activities that run side by side. In a replay, after a restart or
// on another worker, their answers come together and in another order: whatever they were, the run must go on.
import { historyToJSON, historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { Worker } from '@temporalio/worker';
import type { EventState } from '../../src/domain/event-state';
import { eventually } from '../support/bridge';
import { setStage } from '../support/stage';
import { openTestStore } from '../support/stores';
import { subscribe } from '../support/subscriptions';

const { store, subscriber, start, accept, becomes, parks, run } = setStage(() => openTestStore('postgres'), {
  JISR_DELIVERY_SCHEDULE: '0,60',
});

/** What the subscriptions answer, in the order of the subscriptions, and which of them answers last. */
test.each([
  ['taken, then put off', [200, 503], 1, 'delivering'],
  ['put off, then taken', [200, 503], 0, 'delivering'],
  ['put off, then taken by the other one', [503, 200], 1, 'delivering'],
  ['taken by the other one, then put off', [503, 200], 0, 'delivering'],
  ['refused, then put off', [422, 503], 1, 'dead_letter'],
  ['put off, then refused', [422, 503], 0, 'dead_letter'],
  ['put off, then refused by the other one', [503, 422], 1, 'dead_letter'],
  ['refused by the other one, then put off', [503, 422], 0, 'dead_letter'],
  ['both put off, the second one first', [503, 503], 0, 'delivering'],
  ['both refused, the second one first', [422, 422], 0, 'dead_letter'],
  ['taken, refused and put off', [503, 422, 200], 0, 'dead_letter'],
] as const satisfies readonly [string, readonly number[], number, EventState][])(
  '%s: what is under way replays',
  async (_, statuses, last, state) => {
    subscriber().behave(({ path }) => {
      const place = Number(path.slice(1));
      return { status: statuses[place]!, afterMs: place === last ? 300 : 0 };
    });
    for (const place of statuses.keys())
      await subscribe(store(), { name: `s${place}`, url: `${subscriber().url}/${place}` });
    await start();
    await accept({});
    await eventually(() => {
      expect(subscriber().received.filter(({ status }) => status !== null)).toHaveLength(statuses.length);
    });
    if (state === 'dead_letter') await parks();
    else await becomes(state);
    const history = await eventually(async () => {
      const { events } = await run().fetchHistory();
      // What the run shows is written with the end of the task, behind all answers.
      expect(events!.some((event) => event.upsertWorkflowSearchAttributesEventAttributes)).toBe(true);
      return events!;
    });
    await Worker.runReplayHistory(
      { workflowBundle: { codePath: process.env['JISR_TEST_BUNDLE']! } },
      historyFromJSON(JSON.parse(historyToJSON({ events: history }))),
      '17',
    );
  },
  60_000,
);
