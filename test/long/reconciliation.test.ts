// A source's reconciliation says the truth of the whole bridge, over real sockets: complete, and incomplete for each
// reason while it lasts. One bridge lives through all of it, so its numbers add up over all of it.
import { startSubscriber, TAKES_ALL, type Subscriber } from '../../src/demo/subscriber';
import { retrySignal } from '../../src/contracts/messages';
import { createBridgeControl } from '../../src/control/bridge-control';
import { Secret } from '../../src/config';
import { startSimulator } from '../../src/simulator/simulator';
import type { Simulator } from '../../src/simulator/simulator-types';
import { writeProcessingSettings } from '../../src/store/settings';
import type { TemporalSession } from '../../src/temporal/session';
import { MAIN, startApi, type RunningApi } from '../api/running-api';
import {
  eventually,
  openTestSession,
  pullFrom,
  startTestBridge,
  testConfig,
  type TestBridge,
} from '../support/bridge';
import { runIsDeadLetter } from '../support/dead-letters';
import { describeOnBothEngines, type TestStore } from '../support/stores';
import { subscribe } from '../support/subscriptions';

const SWEEP_MS = 3_000;
const PUSH_KEY = 'the-push-key';

describeOnBothEngines('reconciliation of a source', (open) => {
  let store: TestStore;
  let session: TemporalSession;
  let odoo: Simulator;
  let subscriber: Subscriber;
  let bridge: TestBridge;
  let api: RunningApi;

  beforeAll(async () => {
    store = await open();
    session = await openTestSession();
    odoo = await startSimulator({ firstPullId: 101, pushSequenceOffset: 40 });
    subscriber = await startSubscriber();
    await subscribe(store, { url: subscriber.url });
    await start();
    const push = { apiKey: new Secret(PUSH_KEY), apiKeyHeader: 'x-api-key', basic: null };
    const control = createBridgeControl(session.client);
    api = await startApi({ store, control, sources: [{ ...MAIN, push }] });
    odoo.setPush({
      url: `${api.url}/api/v1/webhooks/receive`,
      credentials: { kind: 'bearer', token: PUSH_KEY },
    });
  }, 120_000);
  afterAll(async () => {
    await subscriber.close();
    await odoo.close();
    await bridge.stop();
    await api.close();
    await session.close();
    await store.close();
  }, 60_000);

  async function start(): Promise<void> {
    const over = { ODOO_SWEEP_INTERVAL_MS: String(SWEEP_MS), JISR_DELIVERY_SCHEDULE: '0,1' };
    bridge = await startTestBridge({ config: testConfig({ ...pullFrom(odoo), ...over }), store, session });
  }
  const books = async () => (await api.get('/api/v1/sources/main/reconciliation')).body;
  const says = (expected: object) =>
    eventually(async () => {
      expect(await books()).toMatchObject(expected);
    }, 40_000);
  const found = (code: string): unknown => expect.arrayContaining([expect.objectContaining({ code })]);
  const lacks = (code: string) => says({ complete: false, findings: found(code) });
  /** The last id that Odoo gave. */
  const lastId = () => Math.max(...odoo.ledger.entries().map(({ change }) => change.pullId));
  const isComplete = (over: object = {}) =>
    says({ verdict: `complete up to ${lastId()}`, findings: [], ...over });

  test('complete up to the last id, when all that came by both channels was delivered', async () => {
    odoo.changeMany(10);
    await odoo.pushesIdle();
    await isComplete({
      pulled: 10,
      pushed: 10,
      accepted: 10,
      duplicates: 10,
      delivered: 10,
      processed: 10,
      gaps: [],
    });
    expect(await books()).toMatchObject({ cursor: lastId(), acknowledged: 10, looked_at: { to: lastId() } });
  }, 90_000);

  test('a young gap, filled later by a late commit', async () => {
    const late = odoo.lateCommit({ push: 'none' });
    const { pullId: id } = late.change;
    odoo.changeMany(2, { push: 'none' });
    await says({
      complete: false,
      complete_up_to: id - 1,
      gaps: [{ from: id, to: id, kind: 'may_come' }],
      findings: found('gap'),
    });
    late.commit();
    await isComplete({ gaps: [] });
  }, 90_000);

  test('a gap that stays is a hole of Odoo when the sweeps did not find it', async () => {
    const late = odoo.lateCommit({ push: 'none' });
    const { pullId: id } = late.change;
    odoo.change({ push: 'none' });
    await lacks('gap');
    late.rollback();
    await isComplete({ gaps: [{ from: id, to: id, kind: 'hole' }] });
  }, 90_000);

  test('processing that is paused, and goes on', async () => {
    await writeProcessingSettings(store.db, { paused: true, reason: 'a test' });
    const before = lastId();
    odoo.changeMany(2, { push: 'none' });
    await says({ complete: false, complete_up_to: before, pending: 2, findings: found('waiting') });
    await writeProcessingSettings(store.db, { paused: false, reason: null });
    await isComplete();
  }, 90_000);

  test('a source that is paused, and resumed; pushes come meanwhile', async () => {
    await api.post('/api/v1/sources/main/pause', { reason: 'a test' });
    await lacks('paused');
    odoo.change();
    await odoo.pushesIdle();
    await api.post('/api/v1/sources/main/resume');
    await isComplete();
  }, 90_000);

  test('Odoo that cannot be pulled, and is back', async () => {
    await odoo.stop();
    await lacks('failing');
    await odoo.start();
    odoo.change({ push: 'none' });
    await isComplete();
  }, 90_000);

  test('a dead letter, which a retry delivers', async () => {
    subscriber.behave(() => ({ status: 422 }));
    const { pullId } = odoo.change({ push: 'none' });
    await says({
      complete: false,
      complete_up_to: pullId - 1,
      dead_letter: 1,
      findings: found('dead-letters'),
    });
    subscriber.behave(TAKES_ALL);
    await runIsDeadLetter(session.client, String(pullId));
    await session.client.workflow.getHandle(String(pullId)).signal(retrySignal);
    await isComplete({ dead_letter: 0 });
  }, 90_000);

  test('a row in quarantine, which becomes an event when it was corrected', async () => {
    const { pullId, recordId } = odoo.change({ model: 'no model', push: 'none' });
    await says({
      complete: false,
      complete_up_to: pullId - 1,
      quarantined: 1,
      gaps: expect.not.arrayContaining([expect.objectContaining({ from: pullId })]) as unknown,
      findings: found('quarantine'),
    });
    const raw = {
      id: pullId,
      model: 'res.partner',
      record_id: recordId,
      event: 'write',
      timestamp: '2026-11-24T02:00:00',
      payload: { name: 'corrected' },
    };
    expect(await api.post('/api/v1/quarantine/1/retry', { raw })).toMatchObject({ status: 200 });
    await isComplete({ quarantined: 0 });
    const taken = subscriber.taken().map(({ body }) => body);
    expect(taken.filter((body) => body.includes('"corrected"'))).toHaveLength(1);
  }, 90_000);

  test('a replay, and a worker that starts again, leave no number behind', async () => {
    const before = (await books()) as { delivered: number; accepted: number };
    await api.post(`/api/v1/events/${lastId()}/replay`, { reason: 'a test' });
    await bridge.stop();
    await start();
    await isComplete({ delivered: before.delivered + 1, accepted: before.accepted });
  }, 90_000);
});
