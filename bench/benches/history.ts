// How much history an event leaves on the Temporal server.
import { Client, Connection } from '@temporalio/client';
import { WORKFLOW_TYPES } from '../../src/contracts/names';
import { required } from '../../src/domain/required';
import type { Bench, BenchContext } from '../bench';
import type { Bridge } from '../parts/bridge';
import { Pusher, startSubscriber } from '../parts/pusher';
import { PGLITE } from '../parts/setups';
import { until } from '../parts/until';

const CASES = [
  { what: 'nobody subscribed', model: 'bench.unwanted', failures: null },
  { what: 'delivered to one subscriber', model: 'bench.wanted', failures: 0 },
  { what: 'delivered after one failed attempt', model: 'bench.fails_once', failures: 1 },
  { what: 'delivered after five failed attempts', model: 'bench.fails_five_times', failures: 5 },
] as const;

/** Longer than the limit of a first attempt, so that the schedule itself is what is seen. */
const SCHEDULE = '0,0.2,0.2,0.2,0.2,0.2';
const BATCH_TYPE = WORKFLOW_TYPES.processBatch;

interface Size {
  readonly events: number;
  readonly bytes: number;
}

export const history: Bench = {
  name: 'history',
  title: 'History per event',
  measures: `The history events, and the bytes of history, that the Temporal server has of an event when it is done: of
its \`ProcessEventWorkflow\`, and of a batch divided by the events in it. It does not depend on the machine or the engine.`,
  run: async (context) => {
    await singly(context);
    await inBatches(context);
  },
};

async function singly({ lab, figures, seed }: BenchContext): Promise<void> {
  const outside = lab.outside();
  const pusher = new Pusher(outside, seed);
  const env = { JISR_PROCESSING: 'individually', JISR_DELIVERY_SCHEDULE: SCHEDULE };
  const bridge = await lab.bridge(PGLITE, env);
  const url = await startSubscriber(outside, false);
  for (const { model, failures } of CASES)
    if (failures !== null)
      await bridge.subscribe(model, failures === 0 ? url : `${url}/fail/${failures}`, [model]);
  const keys: string[] = [];
  for (const { model } of CASES) {
    keys.push(pusher.firstKey);
    await pusher.push(bridge, { count: 1, clients: 1, model });
  }
  await bridge.processed(CASES.length);
  await withClient(bridge, async (client) => {
    for (const [place, { what }] of CASES.entries()) {
      const key = required(keys[place], 'the key of the event');
      const size = await sizeOf(client, key);
      const group = WORKFLOW_TYPES.processEvent;
      figures.add({ group, what, unit: 'events', bounds: [] }, size.events);
      figures.add({ group, what: `${what}, bytes`, unit: 'bytes', bounds: [] }, size.bytes);
    }
  });
  await bridge.close();
  await outside.stop();
}

async function inBatches({ lab, figures, seed, pick }: BenchContext): Promise<void> {
  const outside = lab.outside();
  const pusher = new Pusher(outside, seed);
  const bridge = await lab.bridge(PGLITE, { JISR_PROCESSING: 'in_batches' });
  const batched = pick(2_000, 400);
  await bridge.pauseProcessing();
  await bridge.subscribe('fast', await startSubscriber(outside, false));
  await pusher.pushInBatches(bridge, batched);
  await bridge.resumeProcessing();
  await bridge.processed(batched);
  await withClient(bridge, async (client) => {
    const query = `WorkflowType = '${BATCH_TYPE}' AND ExecutionStatus = 'Completed'`;
    const sizes: Size[] = [];
    for await (const { workflowId } of client.workflow.list({ query }))
      sizes.push(await sizeOf(client, workflowId));
    if (sizes.length === 0) {
      figures.leftOut.add(`the history of a batch: no ${BATCH_TYPE} ran`);
      return;
    }
    const sum = (of: keyof Size) => sizes.reduce((all, size) => all + size[of], 0);
    const head = { group: BATCH_TYPE, bounds: [] };
    const what = 'delivered to one subscriber, per event';
    figures.add({ ...head, what, unit: 'events' }, sum('events') / batched);
    figures.add({ ...head, what: `${what}, bytes`, unit: 'bytes' }, sum('bytes') / batched);
  });
  await bridge.close();
  await outside.stop();
}

async function withClient({ temporal }: Bridge, look: (client: Client) => Promise<void>): Promise<void> {
  const connection = await Connection.connect({ address: temporal.address });
  await look(new Client({ connection }));
  await connection.close();
}

/** The row is done a moment before the run. */
async function sizeOf({ workflow }: Client, workflowId: string): Promise<Size> {
  const handle = workflow.getHandle(workflowId);
  await until(async () => (await handle.describe()).status.name === 'COMPLETED', {
    what: `${workflowId} is completed`,
  });
  const { historyLength, historySize } = await handle.describe();
  return { events: historyLength, bytes: required(historySize, 'the size of the history') };
}
