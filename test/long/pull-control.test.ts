// Pausing, pulling now, settings, outages and continue-as-new of the pull loop.
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { createBridgeControl } from '../../src/control/bridge-control';
import { pauseSignal, pullStatusQuery, resumeSignal } from '../../src/contracts/messages';
import { DISPATCH_WORKFLOW_ID, TASK_QUEUE } from '../../src/contracts/names';
import { startSimulator } from '../../src/simulator/simulator';
import type { Simulator } from '../../src/simulator/simulator-types';
import { readTotals } from '../../src/store/counters';
import { readSourceHealth } from '../../src/store/source-health';
import { readSourceSettings } from '../../src/store/settings';
import type { TemporalSession } from '../../src/temporal/session';
import {
  eventually,
  openTestSession,
  pullFrom,
  startTestBridge,
  testConfig,
  type TestBridge,
} from '../support/bridge';
import { openTestStore, type TestStore } from '../support/stores';

const main = { name: 'main', isFirst: true };

let store: TestStore;
let session: TemporalSession;
let odoo: Simulator;
let bridge: TestBridge | null = null;

beforeAll(async () => {
  store = await openTestStore('pglite');
}, 60_000);
beforeEach(async () => {
  await store.empty();
  session = await openTestSession();
  odoo = await startSimulator();
}, 60_000);
afterEach(async () => {
  await bridge?.stop();
  bridge = null;
  await session.close();
  await odoo.close();
}, 30_000);
afterAll(() => store.close());

const start = async (over: Record<string, string> = {}, on = session) => {
  bridge = await startTestBridge({ config: testConfig({ ...pullFrom(odoo), ...over }), store, session: on });
  return bridge.control;
};
const state = async () => (await createBridgeControl(session.client).pullStatus(main)).state;
const becomes = (wanted: string) =>
  eventually(async () => {
    expect(await state()).toBe(wanted);
  });
/** Longer than a task takes to be tried again that a stopping worker was given and never saw. */
const intervalBecomes = (wantedMs: number) =>
  eventually(async () => {
    const { settings } = await createBridgeControl(session.client).pullStatus(main);
    expect(settings.intervalMs).toBe(wantedMs);
  }, 45_000);
const processed = (count: number) =>
  eventually(async () => {
    expect((await readTotals(store.db)).states).toMatchObject({
      processed: count,
      pending: 0,
      processing: 0,
    });
  });

test('a paused source pulls nothing, not even now, and stays paused over a restart of the worker', async () => {
  const control = await start();
  await becomes('idle');
  await control.pauseSource(main, 'maintenance');
  await becomes('paused');
  await eventually(async () => {
    expect(await readSourceSettings(store.db, 'main')).toMatchObject({
      paused: true,
      pausedReason: 'maintenance',
    });
  });
  await bridge!.stop();
  odoo.change();
  const pulls = odoo.requests.counts().pull;
  await start();
  await control.pullNow(main);
  expect(await control.pullStatus(main)).toMatchObject({
    state: 'paused',
    pausedReason: 'maintenance',
    nextPullMs: null,
  });
  expect(odoo.requests.counts().pull).toBe(pulls);
  await control.resumeSource(main);
  await processed(1);
}, 60_000);

test('a paused source stays paused when Temporal’s store is lost', async () => {
  const control = await start();
  await control.pauseSource(main, 'maintenance');
  await eventually(async () => {
    expect((await readSourceSettings(store.db, 'main')).paused).toBe(true);
  });
  await bridge!.stop();
  // A namespace that has never seen us is what a lost store looks like.
  await session.close();
  session = await openTestSession();
  await start();
  await becomes('paused');
}, 60_000);

test('pullNow pulls at once, whatever the interval', async () => {
  const control = await start({ ODOO_PULL_INTERVAL_MS: '3600000' });
  await becomes('idle');
  odoo.change();
  const pulls = odoo.requests.counts().pull;
  const askedMs = Date.now();
  await control.pullNow(main);
  await odoo.until('a pull', () => odoo.requests.counts().pull > pulls, 5_000);
  expect(Date.now() - askedMs).toBeLessThan(1_000);
  await processed(1);
}, 60_000);

test('an interval set at run time counts at once, and outlives restarts and the environment', async () => {
  const control = await start({ ODOO_PULL_INTERVAL_MS: '3600000' });
  await becomes('idle');
  await control.configureSource(main, { intervalMs: 150, limit: 7 });
  const pulls = odoo.requests.counts().pull;
  await odoo.until('three more pulls', () => odoo.requests.counts().pull >= pulls + 3, 10_000);
  await bridge!.stop();
  await session.close();
  session = await openTestSession();
  await start({ ODOO_PULL_INTERVAL_MS: '3600000' });
  await eventually(async () => {
    const status = await createBridgeControl(session.client).pullStatus(main);
    expect(status.settings).toMatchObject({ intervalMs: 150, limitRows: 7 });
  });
}, 90_000);

test('a changed configuration counts after a restart', async () => {
  await start({ ODOO_PULL_INTERVAL_MS: '3600000' });
  await intervalBecomes(3_600_000);
  await becomes('idle');
  await bridge!.stop();
  await start({ ODOO_PULL_INTERVAL_MS: '120' });
  await intervalBecomes(120);
  const pulls = odoo.requests.counts().pull;
  await odoo.until('more pulls', () => odoo.requests.counts().pull >= pulls + 2, 10_000);
}, 120_000);

test.each([
  [{}, 'name intervalMs, limit or both'],
  [{ intervalMs: 1 }, 'intervalMs must be a whole number from 100 to 86400000'],
  [{ limit: 0 }, 'limit must be a whole number from 1 to 1000'],
  [{ limit: 1001 }, 'limit must be a whole number from 1 to 1000'],
])(
  'configure refuses %j with what it wants',
  async (change, message) => {
    const control = await start();
    await expect(control.configureSource(main, change)).rejects.toThrow(message);
    await expect(
      session.client.workflow.getHandle('odoo-pull').executeUpdate('configure', { args: [change] }),
    ).rejects.toBeInstanceOf(WorkflowUpdateFailedError);
  },
  60_000,
);

test('an outage shows in status, health and the pending activity; a sweep follows it', async () => {
  const control = await start({ ODOO_SWEEP_INTERVAL_MS: '86400000' });
  odoo.change();
  const late = odoo.lateCommit();
  odoo.change();
  await processed(2);
  await odoo.stop();
  await becomes('failing');
  expect(await control.pullStatus(main)).toMatchObject({ lastError: { code: 'odoo-unreachable' } });
  expect((await readSourceHealth(store.db, 'main')).lastError).toMatchObject({ code: 'odoo-unreachable' });
  const { raw } = await session.client.workflow.getHandle('odoo-pull').describe();
  expect(raw.pendingActivities?.[0]?.lastFailure?.message).toMatch(/ODOO_URL/);
  // Below the cursor, and the next regular sweep is a day away.
  late.commit();
  await odoo.start();
  await processed(3);
}, 90_000);

test('a refused key is said, and pullNow tries it again at once', async () => {
  odoo.setApiKey('another');
  odoo.change();
  const control = await start();
  await becomes('failing');
  expect(await control.pullStatus(main)).toMatchObject({ lastError: { code: 'odoo-key-refused' } });
  odoo.setApiKey('lab-key');
  await control.pullNow(main);
  await processed(1);
}, 60_000);

test('200 with an error is an outage, never "nothing new"', async () => {
  odoo.changeMany(3);
  odoo.faults.arm({ kind: 'query-failed', endpoints: ['pull'], times: 2 });
  const control = await start();
  await processed(3);
  expect(await control.pullStatus(main)).toMatchObject({ lastError: { code: 'odoo-error-in-answer' } });
}, 60_000);

test('a late commit below the cursor is found by the sweep', async () => {
  const control = await start({ ODOO_SWEEP_INTERVAL_MS: '1000' });
  const late = odoo.lateCommit();
  odoo.changeMany(3);
  await processed(3);
  late.commit();
  await processed(4);
  expect((await control.pullStatus(main)).cursor).toBe(4);
}, 60_000);

test('a deleted id does not hold up its page, and is reported', async () => {
  odoo.faults.arm({ kind: 'older-addon' });
  odoo.faults.arm({ kind: 'slow', delayMs: 1_000, endpoints: ['mark-processed'], times: 1 });
  odoo.changeMany(20);
  const control = await start();
  await odoo.until('served', () => (odoo.ledger.byPullId(13)?.served ?? 0) > 0);
  odoo.deleteRow(13);
  await odoo.until('all others marked', () => odoo.ledger.summary().marked === 19, 20_000);
  await eventually(async () => {
    expect(await control.pullStatus(main)).toMatchObject({
      refusedIds: [13],
      counts: { acknowledged: 19, refused: 1 },
    });
  });
  await processed(20);
}, 60_000);

test('ids that begin again are followed', async () => {
  odoo.changeMany(10);
  const control = await start({ ODOO_SWEEP_INTERVAL_MS: '500' });
  await processed(10);
  odoo.resetIds();
  odoo.changeMany(2, { occurredAtMs: Date.now() + 60_000 });
  await processed(12);
  await eventually(async () => {
    expect(await control.pullStatus(main)).toMatchObject({ cursor: 2, counts: { restarts: 1 } });
  });
}, 60_000);

test('a full inbox holds pulling back, and it goes on below 80 %', async () => {
  const control = await start({ JISR_MAX_PENDING: '50', ODOO_PULL_LIMIT: '20' });
  const dispatcher = session.client.workflow.getHandle(DISPATCH_WORKFLOW_ID);
  await dispatcher.signal(pauseSignal, { reason: 'full' });
  await eventually(async () => {
    expect((await control.dispatchStatus()).state).toBe('paused');
  });
  odoo.changeMany(200);
  await becomes('holding');
  const { pending } = (await readTotals(store.db)).states;
  expect(pending).toBeGreaterThan(50);
  expect(pending).toBeLessThanOrEqual(70);
  await dispatcher.signal(resumeSignal);
  await processed(200);
  await odoo.until('all marked', () => odoo.ledger.unmarked().length === 0);
}, 90_000);

test('continue-as-new in the middle of a drain goes on at the carried cursor', async () => {
  odoo.changeMany(200);
  // Started by hand, so that its history may be shorter than the product's.
  await session.client.workflow.start('OdooPullWorkflow', {
    workflowId: 'odoo-pull',
    taskQueue: TASK_QUEUE,
    args: [{ source: 'main', maxHistoryEvents: 40 }],
  });
  await start({ ODOO_PULL_LIMIT: '10' });
  await processed(200);
  const handle = session.client.workflow.getHandle('odoo-pull');
  expect((await handle.query(pullStatusQuery)).counts.rows).toBe(200);
  const { raw } = await handle.describe();
  expect(raw.workflowExecutionInfo?.firstRunId).not.toBe((await handle.describe()).runId);
  const pulls = odoo.requests.pulls().filter((pull) => pull.served > 0);
  expect(pulls.map((pull) => pull.lastEventId)).toEqual(pulls.map((_, page) => page * 10));
}, 90_000);
