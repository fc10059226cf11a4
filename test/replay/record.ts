// Records histories of every workflow from real runs, into test/replay/histories. Run it after a wanted change
// of a workflow: `npm run build && npm run histories`.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { pauseSignal, resumeSignal } from '../../src/contracts/messages';
import { DISPATCH_WORKFLOW_ID, TASK_QUEUE } from '../../src/contracts/names';
import { createIntake } from '../../src/intake/accept';
import { startSimulator } from '../../src/simulator/simulator';
import { readTotals } from '../../src/store/counters';
import type { TemporalSession } from '../../src/temporal/session';
import { anArrival, aSource } from '../support/builders';
import { eventually, openTestSession, pullFrom, startTestBridge, testConfig } from '../support/bridge';
import { openTestStore } from '../support/stores';
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
  const config = testConfig({ ...pullFrom(odoo), ODOO_PULL_LIMIT: '10' });
  const bridge = await startTestBridge({
    config,
    store,
    session,
    ports: { isWanted: ({ key }) => key === '2' },
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
  await save(session, 'process-wanted', '2');
  await bridge.stop();
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
