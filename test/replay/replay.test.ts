// Recorded histories replay against the code of today, without a server: a change that breaks running
// workflows is seen here.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { Worker } from '@temporalio/worker';

const folder = join(__dirname, 'histories');
const histories = readdirSync(folder);
const read = (name: string) =>
  JSON.parse(readFileSync(join(folder, name), 'utf8')) as { events: { eventType: string }[] };
const replay = (json: unknown, workflowId: string) =>
  Worker.runReplayHistory(
    { workflowBundle: { codePath: process.env['JISR_TEST_BUNDLE']! } },
    historyFromJSON(json),
    workflowId,
  );

test('there is a history of every workflow', () => {
  const types = histories.map(
    (name) => JSON.stringify(read(name)).match(/"workflowType":\{"name":"(\w+)"/)?.[1],
  );
  expect([...new Set(types)].sort()).toEqual([
    'DispatchWorkflow',
    'OdooPullWorkflow',
    'ProcessBatchWorkflow',
    'ProcessEventWorkflow',
    'ReplayWorkflow',
    'RetentionWorkflow',
  ]);
});

test.each(histories)('%s replays', async (name) => {
  await replay(read(name), 'recorded');
});

test('a history that the code would not write is refused', async () => {
  const json = read('pull-drain-and-continue-as-new.json');
  const events = JSON.parse(
    JSON.stringify(json.events).replaceAll('"pullPage"', '"pushPage"'),
  ) as typeof json.events;
  await expect(replay({ ...json, events }, 'recorded')).rejects.toThrow();
});
