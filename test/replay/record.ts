// Records histories of every workflow from real runs, into test/replay/histories. Run it after a wanted change
// of a workflow: `npm run build && npm run histories`.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import {
  type PullStatus,
  abortSignal,
  deliverNowSignal,
  discardSignal,
  pauseSignal,
  resumeSignal,
  retrySignal,
} from '../../src/contracts/messages';
import { DISPATCH_WORKFLOW_ID, replayWorkflowId, TASK_QUEUE } from '../../src/contracts/names';
import { createReplayRuns } from '../../src/control/replay-runs';
import { startSubscriber, TAKES_ALL } from '../../src/demo/subscriber';
import type { EventCopy } from '../../src/domain/event';
import type { EventState } from '../../src/domain/event-state';
import { required } from '../../src/domain/required';
import { createIntake } from '../../src/intake/accept';
import { startSimulator } from '../../src/simulator/simulator';
import { readTotals } from '../../src/store/counters';
import { askReplay, returnToPending } from '../../src/store/deliveries/acts';
import { readDeliveries } from '../../src/store/deliveries/read';
import { openDelivery } from '../../src/store/deliveries/retry-one';
import { readEvent } from '../../src/store/events/read';
import { readReplay } from '../../src/store/replays/rows';
import type { TemporalSession } from '../../src/temporal/session';
import { anArrival, aSource } from '../support/builders';
import { eventually, openTestSession, pullFrom, startTestBridge, testConfig } from '../support/bridge';
import { runIsDeadLetter } from '../support/dead-letters';
import { aReplay } from '../support/replays';
import { openTestStore } from '../support/stores';
import { subscribe } from '../support/subscriptions';
import { startTestServer } from '../temporal-server';

const main = { name: 'main', isFirst: true };

async function record(): Promise<void> {
  process.env['JISR_TEST_BUNDLE'] = join(__dirname, '../../dist/workflow-bundle.js');
  const server = await startTestServer();
  const session = await openTestSession(server.address);
  const store = await openTestStore('pglite');
  const odoo = await startSimulator();
  odoo.changeMany(30);
  // Before the bridge, so that its history may be short enough to continue as new.
  await session.client.workflow.start('OdooPullWorkflow', {
    workflowId: 'odoo-pull',
    taskQueue: TASK_QUEUE,
    args: [{ source: 'main', maxHistoryEvents: 60 }],
  });
  const config = testConfig({
    ...pullFrom(odoo),
    ODOO_PULL_LIMIT: '10',
    JISR_DELIVERY_SCHEDULE: '0,0.2',
  });
  const subscriber = await startSubscriber();
  await subscribe(store, { url: subscriber.url, filter: { models: ['x.*'] } });
  const slow = new Set<string>();
  const inBatches = { source: null, model: 'x.batch', priorities: null, mode: 'in_batches' } as const;
  const bridge = await startTestBridge({
    config: { ...config, processing: { rules: [inBatches], otherwise: 'individually' } },
    store,
    session,
    ports: {
      deliveries: (all) => ({
        ...all,
        // Above the 3 s of a first try.
        deliverQuickly: async (ref) => {
          if (slow.has(ref.key)) await new Promise((resolve) => setTimeout(resolve, 4_000));
          return all.deliverQuickly(ref);
        },
      }),
    },
  });
  const firstRun = (await session.client.workflow.getHandle('odoo-pull').describe()).runId;
  await eventually(async () => {
    if ((await readTotals(store.db)).states.processed < 30) throw new Error('not processed yet');
  });
  await eventually(async () => {
    if ((await session.client.workflow.getHandle('odoo-pull').describe()).runId === firstRun)
      throw new Error('same run');
  });
  await save(session, 'pull-drain-and-continue-as-new', 'odoo-pull', firstRun);
  await bridge.control.pauseSource(main, 'recording');
  await bridge.control.resumeSource(main);
  await bridge.control.configureSource(main, { intervalMs: 300 });
  await save(session, 'pull-pause-resume-configure-idle', 'odoo-pull');
  const dispatcher = session.client.workflow.getHandle(DISPATCH_WORKFLOW_ID);
  await dispatcher.signal(pauseSignal, { reason: 'recording' });
  await createIntake(store.db).accept(aSource(), 'push', [anArrival({ eventId: '900' })], null);
  await dispatcher.signal(resumeSignal);
  await eventually(async () => {
    if ((await readTotals(store.db)).states.processed < 31) throw new Error('not processed yet');
  });
  await save(session, 'dispatch-pause-resume', 'event-dispatch');
  await save(session, 'process-unwanted', '1');

  const accept = (eventId: string, over: Partial<EventCopy> = {}) =>
    createIntake(store.db).accept(
      aSource(),
      'pull',
      [anArrival({ eventId, model: 'x.y', recordId: Number(eventId), ...over })],
      null,
    );
  const becomes = (key: string, state: EventState) =>
    eventually(async () => {
      if ((await readEvent(store.db, key))?.status !== state) throw new Error(`${key} is not ${state}`);
    });
  const run = (key: string) => session.client.workflow.getHandle(key);
  const first = async (key: string) => (await run(key).describe()).runId;

  await accept('901');
  await becomes('901', 'processed');
  await run('901').result();
  await save(session, 'process-delivered', '901');

  await accept('906', { model: 'x.batch' });
  await becomes('906', 'processed');
  const batch = (await readEvent(store.db, '906'))?.workflowId ?? '';
  await run(batch).result();
  await save(session, 'batch-delivered', batch);

  slow.add('905');
  await accept('905');
  await becomes('905', 'processed');
  await run('905').result();
  await save(session, 'process-first-try-timed-out', '905');

  let refusals = 1;
  subscriber.behave(() => ({ status: (refusals -= 1) >= 0 ? 500 : 200 }));
  await accept('902');
  await becomes('902', 'processed');
  await run('902').result();
  await save(session, 'process-delivery-retried', '902');

  subscriber.behave(() => ({ status: 404 }));
  for (const key of ['903', '904']) {
    await accept(key);
    await becomes(key, 'dead_letter');
    await runIsDeadLetter(session.client, key);
  }
  await run('904').signal(discardSignal, { reason: 'recording' });
  await becomes('904', 'discarded');
  await run('904').result();
  await save(session, 'process-dead-letter-discarded', '904');
  subscriber.behave(TAKES_ALL);
  await run('903').signal(retrySignal);
  await becomes('903', 'processed');
  await run('903').result();
  await save(session, 'process-dead-letter-retried', '903');

  let away = true;
  subscriber.behave(() => {
    const reply = away ? { status: 503, headers: { 'retry-after': '60' } } : { status: 200 };
    away = false;
    return reply;
  });
  await accept('907');
  await becomes('907', 'delivering');
  const { seq } = required(await readEvent(store.db, '907'), '907');
  const [late] = await readDeliveries(store.db, seq);
  await openDelivery(store.db, { eventKey: '907', id: late?.id ?? '', note: 'recording' });
  await run('907').signal(deliverNowSignal);
  await becomes('907', 'processed');
  await run('907').result();
  await save(session, 'process-delivered-now', '907');

  const before = await first('901');
  await askReplay(store.db, '901', 'recording');
  await returnToPending(store.db, '901');
  await eventually(async () => {
    if ((await first('901')) === before) throw new Error('no new run');
  });
  await run('901').result();
  await save(session, 'process-replayed', '901');

  const replays = createReplayRuns(session.client);
  const begin = async (ratePerSecond: number) => {
    const replay = await aReplay(store.db, { filter: { model: 'x.*' }, ratePerSecond });
    await replays.start(replay);
    return replay.id;
  };
  const handedOn = (id: string, events: number) =>
    eventually(async () => {
      if (((await readReplay(store.db, id))?.done ?? 0) < events) throw new Error('nothing handed on yet');
    });
  const held = await begin(2);
  await handedOn(held, 1);
  await run(replayWorkflowId(held)).signal(pauseSignal, { reason: 'recording' });
  await eventually(async () => {
    if ((await readReplay(store.db, held))?.state !== 'paused') throw new Error('not paused yet');
  });
  await run(replayWorkflowId(held)).signal(resumeSignal);
  await run(replayWorkflowId(held)).result();
  await save(session, 'replay-pause-resume', replayWorkflowId(held));
  const aborted = await begin(1);
  await handedOn(aborted, 1);
  await run(replayWorkflowId(aborted)).signal(abortSignal, { reason: 'recording' });
  await run(replayWorkflowId(aborted)).result();
  await save(session, 'replay-aborted', replayWorkflowId(aborted));
  await dispatcher.signal(pauseSignal, { reason: 'recording' });
  await eventually(async () => {
    if ((await bridge.control.dispatchStatus()).state !== 'paused') throw new Error('not paused yet');
  });
  const waiting = await aReplay(store.db, { filter: { model: 'x.*' } });
  await session.client.workflow.start('ReplayWorkflow', {
    workflowId: replayWorkflowId(waiting.id),
    taskQueue: TASK_QUEUE,
    args: [{ id: waiting.id, maxHistoryEvents: 12 }],
  });
  const firstOfWaiting = await first(replayWorkflowId(waiting.id));
  await eventually(async () => {
    if ((await first(replayWorkflowId(waiting.id))) === firstOfWaiting) throw new Error('same run');
  }, 60_000);
  await dispatcher.signal(resumeSignal);
  await run(replayWorkflowId(waiting.id)).result();
  await save(session, 'replay-waits-and-continues-as-new', replayWorkflowId(waiting.id), firstOfWaiting);

  const retention = session.client.schedule.getHandle('retention');
  await retention.trigger();
  const dropping = await eventually(async () => {
    const [action] = (await retention.describe()).info.recentActions;
    return required(action, 'a run of the retention').action.workflow.workflowId;
  });
  await run(dropping).result();
  await save(session, 'retention', dropping);
  await bridge.stop();

  const reporting = await startTestBridge({
    config: testConfig({ ...pullFrom(odoo), ODOO_SYNC_USER_ID: '2' }),
    store,
    session,
  });
  await eventually(async () => {
    const { reporting: told } = await run('odoo-pull').query<PullStatus>('status');
    if (told?.cursor !== 30) throw new Error('Odoo is not told yet');
  });
  await save(session, 'pull-reports-sync', 'odoo-pull');
  await reporting.stop();
  await subscriber.close();
  await session.close();
  await store.close();
  await odoo.close();
  await server.stop();
}

async function save(
  session: TemporalSession,
  name: string,
  workflowId: string,
  runId?: string,
): Promise<void> {
  const history = await session.client.workflow.getHandle(workflowId, runId).fetchHistory();
  const json: unknown = JSON.parse(historyToJSON(history));
  writeFileSync(join(__dirname, 'histories', `${name}.json`), `${JSON.stringify(json)}\n`);
}

record().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
