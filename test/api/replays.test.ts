// Bulk acts over HTTP: planned, looked at, held and ended. The workflow is played by a fake of our port.
import { BridgeUnavailable } from '../../src/control/ask';
import type { ReplayToStart } from '../../src/contracts/replay-runs';
import { createIntake } from '../../src/intake/accept';
import { recordAttempts } from '../../src/store/deliveries/record';
import { routeEvents } from '../../src/store/events/route';
import { handOnPage } from '../../src/store/replays/hand-on';
import { dropStretch } from '../../src/store/retention';
import { setSubscriptionStatus } from '../../src/store/subscriptions';
import { sql } from 'drizzle-orm';
import { anArrival, aSource } from '../support/builders';
import { describeOnBothEngines, type TestStore } from '../support/stores';
import { subscribe } from '../support/subscriptions';
import { startApi, type RunningApi } from './running-api';

describeOnBothEngines('bulk acts over HTTP', (open) => {
  let store: TestStore;
  let api: RunningApi;
  let started: ReplayToStart[];
  let woken: string[];
  let isAway: boolean;
  let crm: { readonly id: string };

  beforeAll(async () => {
    store = await open();
  }, 60_000);
  beforeEach(async () => {
    await store.empty();
    [started, woken, isAway] = [[], [], false];
    const unlessAway = async (act: () => void) => {
      await Promise.resolve();
      if (isAway) throw new BridgeUnavailable('Temporal does not answer');
      act();
    };
    api = await startApi({
      store,
      replayRuns: {
        start: (replay) => unlessAway(() => started.push(replay)),
        wake: (id) => unlessAway(() => woken.push(id)),
        fateOf: () => Promise.resolve('running'),
      },
    });
    crm = await subscribe(store, { name: 'crm', url: 'http://crm.test/' });
    for (const key of ['1', '2', '3']) await anEvent(key, key === '3' ? 'dead' : 'sent');
  });
  afterEach(() => api.close());
  afterAll(() => store.close());

  async function anEvent(key: string, end: 'sent' | 'dead'): Promise<void> {
    const run = { key, runId: 'r1', workflowId: key };
    await createIntake(store.db).accept(
      aSource(),
      'pull',
      [anArrival({ eventId: key, recordId: Number(key) })],
      null,
    );
    const [routed] = await routeEvents(store.db, [run]);
    const attempt = { status: 404, durationMs: 1, response: 'no', errorClass: 'rejected', message: 'no' };
    await recordAttempts(store.db, [{ ...run, id: routed!.waiting[0]!.id, attempt, end: { state: end } }]);
  }
  const ask = (over: object = {}) =>
    api.post('/api/v1/replays', {
      filter: { model: 'res.*' },
      only: 'all',
      reason: 'the CRM lost them',
      ...over,
    });
  const idOf = ({ body }: { body: unknown }) => (body as { id: string }).id;
  const show = async (id: string) => (await api.get(`/api/v1/replays/${id}`)).body;

  test('a dry run says how many and shows the first, and plans nothing', async () => {
    const { status, body } = await ask({ dry_run: true });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      count: 3,
      without_payload: 0,
      sample: [{ key: '1' }, { key: '2' }, { key: '3' }],
    });
    expect((await api.get('/api/v1/replays')).body).toEqual({ replays: [], next: null });
    expect(started).toEqual([]);
  });

  test('a replay is planned, started and seen, with who and why', async () => {
    const answer = await ask({
      filter: { model: 'res.partner', since: '2026-01-01T00:00:00Z' },
      subscription: 'crm',
    });
    expect(answer.status).toBe(202);
    const id = idOf(answer);
    expect(started).toMatchObject([
      { id, subscription: 'crm', planned: 3, actor: 'admin', reason: 'the CRM lost them' },
    ]);
    expect(await show(id)).toEqual({
      id,
      act: 'replay',
      filter: { model: 'res.partner', since: '2026-01-01T00:00:00.000Z' },
      only: 'all',
      subscription: { id: crm.id, name: 'crm' },
      rate_per_second: 20,
      actor: 'admin',
      reason: 'the CRM lost them',
      state: 'running',
      state_reason: null,
      waits_for: null,
      planned: 3,
      done: 0,
      skipped: 0,
      skips: {},
      created_at: expect.any(String) as string,
      ended_at: null,
      workflow_id: `replay/${id}`,
      temporal_url: `http://ui.test/namespaces/default/workflows?query=${encodeURIComponent(`WorkflowId="replay/${id}"`)}`,
    });
    expect((await api.get('/api/v1/replays?state=running')).body).toMatchObject({ replays: [{ id }] });
    expect((await api.get('/api/v1/replays?state=done')).body).toMatchObject({ replays: [] });
  });

  test('an event says which bulk act had it, who asked and why', async () => {
    const id = idOf(await ask({ filter: { keys: ['1'] } }));
    await handOnPage(store.db, id, 10);
    expect((await api.get('/api/v1/events/1')).body).toMatchObject({
      actions: [{ action: 'replay', actor: 'admin', reason: 'the CRM lost them', replay: id }],
    });
  });

  test.each([
    ['an empty filter', { filter: {} }, 'body.filter'],
    ['a filter of any model', { filter: { model: '*' } }, 'body.filter.model'],
    ['a filter of any model, said twice', { filter: { model: '**' } }, 'body.filter.model'],
    ['no filter', { filter: undefined }, 'body.filter'],
    ['a filter of null', { filter: null }, 'body.filter'],
    ['no keys', { filter: { keys: [] } }, 'body.filter.keys'],
    ['an unknown field', { filter: { modle: 'x' } }, 'body.filter.modle'],
    ['a state that has no end', { filter: { status: 'pending' } }, 'body.filter.status'],
    ['no reason', { reason: undefined }, 'body.reason'],
    ['no scope', { only: undefined }, 'body.only'],
    ['a rate of 0', { rate_per_second: 0 }, 'body.rate_per_second'],
    ['a dry run that is no yes or no', { dry_run: 'yes' }, 'body.dry_run'],
  ])('%s is refused, and nothing is planned', async (_, over, where) => {
    const { status, body } = await ask(over);
    expect(status).toBe(400);
    expect((body as { errors: { where: string }[] }).errors.map((one) => one.where)).toContain(where);
    expect((await api.get('/api/v1/replays')).body).toMatchObject({ replays: [] });
  });

  test('an empty filter is told what to give', async () => {
    const { body } = await ask({ filter: {} });
    expect((body as { errors: { expected: string }[] }).errors[0]!.expected).toMatch(
      /at least one of source, model, .*: without any it would be all events/,
    );
  });

  test('any model of one source is a filter; of dead letters too, any model alone is none', async () => {
    expect(await ask({ filter: { source: 'main', model: '*' }, dry_run: true })).toMatchObject({
      status: 200,
    });
    for (const act of ['retry', 'discard'])
      expect(
        await api.post(`/api/v1/dead-letters/${act}`, { filter: { model: '*' }, reason: 'all' }),
      ).toMatchObject({
        status: 400,
        body: { errors: [{ expected: expect.stringContaining('`*` alone would be all events') as string }] },
      });
  });

  test('a subscription that can get nothing is refused', async () => {
    expect(await ask({ subscription: 'erp' })).toMatchObject({ status: 404 });
    await setSubscriptionStatus(store.db, crm.id, 'disabled', 'a test');
    const { status, body } = await ask({ subscription: 'crm' });
    expect(status).toBe(409);
    expect((body as { detail: string }).detail).toContain('resume it');
  });

  test('it is paused, resumed and aborted; afterwards it stays over', async () => {
    const id = idOf(await ask());
    const paused = await api.post(`/api/v1/replays/${id}/pause`, { reason: 'too fast' });
    expect(paused).toMatchObject({
      status: 200,
      body: { state: 'paused', state_reason: 'by admin: too fast' },
    });
    expect(await api.post(`/api/v1/replays/${id}/resume`)).toMatchObject({
      status: 200,
      body: { state: 'running', state_reason: null },
    });
    const aborted = await api.post(`/api/v1/replays/${id}/abort`, {});
    expect(aborted).toMatchObject({
      status: 200,
      body: { state: 'aborted', ended_at: expect.any(String) as string },
    });
    expect(woken).toEqual([id, id, id]);
    const again = await api.post(`/api/v1/replays/${id}/resume`);
    expect(again).toMatchObject({
      status: 409,
      body: { detail: 'it is aborted and stays so: ask for a new one' },
    });
    expect(await api.post('/api/v1/replays/r-none/pause')).toMatchObject({ status: 404 });
    expect(await api.get('/api/v1/replays/r-none')).toMatchObject({ status: 404 });
  });

  test('while Temporal is away it is planned all the same, and a pause holds', async () => {
    isAway = true;
    const answer = await ask();
    expect(answer.status).toBe(202);
    const paused = await api.post(`/api/v1/replays/${idOf(answer)}/pause`);
    expect(paused).toMatchObject({ status: 202, body: { state: 'paused' } });
  });

  test('dead letters are retried and discarded by filter', async () => {
    const dry = await api.post('/api/v1/dead-letters/retry', {
      filter: { error_class: 'rejected', subscription: 'crm' },
      reason: 'the route is there again',
      dry_run: true,
    });
    expect(dry).toMatchObject({ status: 200, body: { count: 1, sample: [{ key: '3' }] } });
    const retry = await api.post('/api/v1/dead-letters/retry', {
      filter: { keys: ['3', '1'] },
      reason: 'again',
    });
    expect(retry.status).toBe(202);
    expect(await show(idOf(retry))).toMatchObject({ act: 'retry', only: 'failed', planned: 1 });
    const discard = await api.post('/api/v1/dead-letters/discard', {
      filter: { model: 'res.*' },
      reason: 'tests',
    });
    expect(await show(idOf(discard))).toMatchObject({ act: 'discard', planned: 1 });
    await handOnPage(store.db, idOf(discard), 10);
    expect((await api.get('/api/v1/events/3')).body).toMatchObject({
      status: 'discarded',
      actions: [{ action: 'discard', actor: 'admin', replay: idOf(discard) }],
    });
    for (const act of ['retry', 'discard'])
      expect(await api.post(`/api/v1/dead-letters/${act}`, { filter: {}, reason: 'all' })).toMatchObject({
        status: 400,
      });
  });

  test('an event without its payload says since when, and is not delivered again', async () => {
    await store.db.execute(sql`update events set received_at = now() - interval '100 days'`);
    await dropStretch(store.db, 90, 0, 3);
    expect((await api.get('/api/v1/events/1')).body).toMatchObject({
      payload: null,
      payload_dropped_at: expect.any(String) as string,
      deliveries: [{ attempts: [{ response: null }] }],
    });
    const replay = await api.post('/api/v1/events/1/replay', { reason: 'again' });
    expect(replay).toMatchObject({ status: 409 });
    expect((replay.body as { detail: string }).detail).toContain('JISR_PAYLOAD_DAYS');
    const { deliveries } = (await api.get('/api/v1/events/1')).body as { deliveries: { id: string }[] };
    expect(await api.post(`/api/v1/deliveries/${deliveries[0]!.id}/retry`)).toMatchObject({ status: 409 });
    // The dead letter kept what its retry needs.
    expect((await ask({ dry_run: true })).body).toMatchObject({
      count: 1,
      without_payload: 2,
      sample: [{ key: '3' }],
    });
    expect(await api.post('/api/v1/events/3/retry')).toMatchObject({ status: 202 });
  });
});
