// Quarantine over HTTP: what came is looked at, taken in again through the one door, or given up; and the numbers add up.
import { sql } from 'drizzle-orm';
import { Secret } from '../../src/config';
import type { JsonObject } from '../../src/domain/event';
import { createIntake, type Intake } from '../../src/intake/accept';
import { readTotals, type CounterName } from '../../src/store/counters';
import { settleQuarantine } from '../../src/store/quarantine';
import { aSource } from '../support/builders';
import { describeOnBothEngines, type TestStore } from '../support/stores';
import { MAIN, startApi, type RunningApi } from './running-api';

const PUSH_KEY = 'the-push-key';
const A_ROW = {
  id: 176,
  model: 'res.partner',
  record_id: 16,
  event: 'write',
  timestamp: '2026-11-24 02:00:00',
  payload: { name: 'A' },
};
const A_PUSH = { ...A_ROW, id: undefined, event_id: 168, data: { name: 'A' }, payload: undefined };

const like = (pattern: RegExp): unknown => expect.stringMatching(pattern);

describeOnBothEngines('quarantine over HTTP', (open) => {
  let store: TestStore;
  let api: RunningApi;
  let rings: number;
  /** Between the two commits of a retry. */
  let afterAccept: () => Promise<void>;

  beforeAll(async () => {
    store = await open();
    const push = { apiKey: new Secret(PUSH_KEY), apiKeyHeader: 'x-api-key', basic: null };
    const sound = createIntake(store.db);
    const intake: Intake = {
      accept: async (...copies) => {
        const accepted = await sound.accept(...copies);
        await afterAccept();
        return accepted;
      },
    };
    api = await startApi({
      store,
      intake,
      sources: [{ ...MAIN, push }],
      bell: { ring: () => void (rings += 1), setAwake: () => undefined },
    });
  }, 60_000);
  beforeEach(async () => {
    await store.empty();
    rings = 0;
    afterAccept = () => Promise.resolve();
  });
  afterAll(async () => {
    await api.close();
    await store.close();
  });

  /** A pulled row that was not understood when it came. */
  async function aRow(raw: JsonObject = A_ROW): Promise<number> {
    const arrival = { kind: 'unreadable' as const, reason: 'model: not a model name', raw };
    const [kept] = await createIntake(store.db).accept(aSource(), 'pull', [arrival], null);
    return (kept as { quarantineId: number }).quarantineId;
  }
  const act = (id: number, act: 'retry' | 'discard', body?: object) =>
    api.post(`/api/v1/quarantine/${id}/${act}`, body);
  const show = async (id: number) => (await api.get(`/api/v1/quarantine/${id}`)).body;
  const list = async (query = '') => {
    const { body } = await api.get(`/api/v1/quarantine${query}`);
    return (body as { quarantine: readonly { id: number }[] }).quarantine.map(({ id }) => id);
  };
  const stats = async () => (await api.get('/api/v1/stats')).body;
  /** What came, what became of it. */
  async function sums() {
    const totals = await readTotals(store.db);
    const of = (name: CounterName) => totals.of(name);
    return {
      came: of('pulled') + of('pushed'),
      became: of('accepted') + of('duplicates') + of('quarantined_copies'),
      accepted: of('accepted'),
      stand: Object.values(totals.states).reduce((sum, count) => sum + count, 0),
    };
  }
  const addUp = async () => {
    const { came, became, accepted, stand } = await sums();
    expect([came, accepted]).toEqual([became, stand]);
  };

  test('retried after a fix, it is a new pending event, and who, when, why and what it became are kept', async () => {
    const id = await aRow();
    expect(await show(id)).toMatchObject({
      status: 'open',
      pull_id: '176',
      reason: 'model: not a model name',
      raw: JSON.stringify(A_ROW),
      settled_at: null,
      key: null,
    });
    expect(await stats()).toMatchObject({ quarantined: 1, events: { pending: 0 } });
    expect(await act(id, 'retry', { reason: 'Jisr reads it now' })).toMatchObject({
      status: 200,
      body: { event_id: '176', key: '176', duplicate: false },
    });
    expect(await stats()).toMatchObject({ quarantined: 0, events: { pending: 1 } });
    expect(rings).toBe(1);
    expect(await show(id)).toMatchObject({
      status: 'retried',
      settled_at: like(/Z$/),
      settled_by: 'admin',
      settled_reason: 'Jisr reads it now',
      key: '176',
      raw: JSON.stringify(A_ROW),
    });
    expect((await api.get('/api/v1/events/176')).body).toMatchObject({
      status: 'pending',
      channel: 'pull',
      pull_id: '176',
      payload: { name: 'A' },
    });
    await addUp();
  });

  test.each([
    ['a text', (row: object) => JSON.stringify(row)],
    ['an object', (row: object) => row],
  ])('a corrected row comes as %s; what came itself stays as it was', async (_, sent) => {
    const broken = { ...A_ROW, record_id: 'sixteen' };
    const id = await aRow(broken);
    expect(await act(id, 'retry')).toMatchObject({
      status: 422,
      body: { detail: like(/record_id.*send a corrected body as `raw`, or discard it/) },
    });
    expect(await show(id)).toMatchObject({ status: 'open' });
    expect(await act(id, 'retry', { raw: sent(A_ROW) })).toMatchObject({ status: 200, body: { key: '176' } });
    expect(await show(id)).toMatchObject({ status: 'retried', raw: JSON.stringify(broken) });
    await addUp();
  });

  test('a push that was answered 422 is taken in when it was corrected', async () => {
    const headers = { authorization: `Bearer ${PUSH_KEY}` };
    const { event: _, ...unreadable } = A_PUSH;
    const refused = await api.call('POST', '/api/v1/webhooks/receive', { body: unreadable, headers });
    expect(refused.status).toBe(422);
    const { quarantine_id: id } = refused.body as { quarantine_id: number };
    expect(await show(id)).toMatchObject({ channel: 'push', pull_id: null, status: 'open' });
    expect((await act(id, 'retry')).status).toBe(422);
    expect(await act(id, 'retry', { raw: A_PUSH })).toMatchObject({
      status: 200,
      body: { event_id: '168', key: '168', duplicate: false },
    });
    expect((await api.get('/api/v1/events/168')).body).toMatchObject({ channel: 'push', push_id: '168' });
    await addUp();
  });

  test('when its change is known already, it is one more copy of that', async () => {
    const id = await aRow({ ...A_ROW, record_id: null });
    const arrival = { kind: 'event' as const, raw: {}, copy: aReadCopy() };
    await createIntake(store.db).accept(aSource(), 'push', [arrival], null);
    expect(await act(id, 'retry', { raw: A_ROW })).toMatchObject({
      status: 200,
      body: { event_id: '176', key: '168', duplicate: true },
    });
    expect((await api.get('/api/v1/events/168')).body).toMatchObject({ push_id: '168', pull_id: '176' });
    await addUp();
  });

  test('killed between its two commits, it stays open, and the next try finds the event', async () => {
    const id = await aRow();
    afterAccept = () => Promise.reject(new Error('killed'));
    expect((await act(id, 'retry')).status).toBe(500);
    expect(await show(id)).toMatchObject({ status: 'open' });
    expect(await stats()).toMatchObject({ quarantined: 1, events: { pending: 1 } });
    await addUp();
    afterAccept = () => Promise.resolve();
    expect(await act(id, 'retry')).toMatchObject({ status: 200, body: { key: '176', duplicate: true } });
    expect(await show(id)).toMatchObject({ status: 'retried', key: '176' });
    expect(await stats()).toMatchObject({ quarantined: 0, events: { pending: 1 } });
    await addUp();
  });

  test('discarded in the moment of a retry, it is what it became', async () => {
    const id = await aRow();
    afterAccept = async () => {
      await settleQuarantine(store.db, id, { status: 'discarded', by: 'another', reason: 'too late' });
    };
    expect(await act(id, 'retry')).toMatchObject({ status: 200, body: { key: '176' } });
    expect(await show(id)).toMatchObject({ status: 'retried', settled_by: 'admin', key: '176' });
    expect(await stats()).toMatchObject({ quarantined: 0 });
  });

  test('two who retry at the same moment make one event, and count it once', async () => {
    const id = await aRow();
    const answers = await Promise.all([act(id, 'retry'), act(id, 'retry')]);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(1);
    expect(answers.map(({ status }) => status).every((status) => [200, 409].includes(status))).toBe(true);
    expect(await stats()).toMatchObject({ quarantined: 0, events: { pending: 1 } });
    await addUp();
  });

  test('discarded with a reason, it is out of the count, and acts on it are refused', async () => {
    const id = await aRow();
    expect((await act(id, 'discard')).status).toBe(400);
    expect(await act(id, 'discard', { reason: 'a test of the integrator' })).toMatchObject({
      status: 200,
      body: {
        status: 'discarded',
        settled_by: 'admin',
        settled_reason: 'a test of the integrator',
        settled_at: like(/Z$/),
        key: null,
      },
    });
    expect(await stats()).toMatchObject({ quarantined: 0 });
    for (const again of ['retry', 'discard'] as const)
      expect(await act(id, again, { reason: 'x' })).toMatchObject({ status: 409 });
    await aRow();
    expect(await show(id)).toMatchObject({ status: 'discarded', times: 2 });
    expect(await stats()).toMatchObject({ quarantined: 0 });
    await addUp();
  });

  test('the list is narrowed by state', async () => {
    const [first, second, third] = [await aRow(), await aRow({ id: 2 }), await aRow({ id: 3 })];
    await act(first, 'retry');
    await act(second, 'discard', { reason: 'x' });
    expect(await list()).toEqual([third, second, first]);
    expect(await list('?status=open')).toEqual([third]);
    expect(await list('?status=retried')).toEqual([first]);
    expect(await list('?status=discarded&source=main')).toEqual([second]);
    expect((await api.get('/api/v1/quarantine?status=lost')).status).toBe(400);
  });

  test.each([
    ['no JSON', 'half a {', /not JSON/],
    ['another row', { ...A_ROW, id: 177 }, /`id` is not 176/],
    ['no row', { name: 'A' }, /positive `id`/],
  ])('a corrected body that is %s is refused, and the entry stays', async (_, raw, why) => {
    const id = await aRow({ ...A_ROW, model: null });
    expect(await act(id, 'retry', { raw })).toMatchObject({
      status: 422,
      body: { detail: like(why) },
    });
    expect(await show(id)).toMatchObject({ status: 'open' });
  });

  test.each([
    ['a list', [A_ROW]],
    ['nothing', ''],
    ['a number', 7],
  ])('%s is no corrected body', async (_, raw) => {
    const id = await aRow();
    expect(await act(id, 'retry', { raw })).toMatchObject({
      status: 400,
      body: { errors: [{ where: 'body.raw', expected: like(/JSON/) }] },
    });
  });

  test('a batch and a test push are no event to retry', async () => {
    const raw = (body: object) => ({ kind: 'unreadable' as const, reason: 'x', raw: JSON.stringify(body) });
    const bodies = [{ batch: true, events: [A_PUSH] }, { test: true }];
    const kept = await createIntake(store.db).accept(aSource(), 'push', bodies.map(raw), null);
    const [batch, test] = kept.map((one) => (one as { quarantineId: number }).quarantineId);
    expect(await act(batch!, 'retry')).toMatchObject({
      status: 422,
      body: { detail: like(/batch/) },
    });
    expect(await act(test!, 'retry')).toMatchObject({
      status: 422,
      body: { detail: like(/test/) },
    });
  });

  test('what the database refuses stays, hostile nesting is refused, and a large body fits', async () => {
    const id = await aRow({ ...A_ROW, model: null });
    const refused = await act(id, 'retry', { raw: { ...A_ROW, category: 'a\u0000b' } });
    expect(refused).toMatchObject({
      status: 422,
      body: { detail: like(/database refuses/) },
    });
    await addUp();
    const deep = `{"raw":{"id":176,"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}}`;
    expect((await api.post(`/api/v1/quarantine/${id}/retry`, deep)).status).toBe(422);
    const payload = { text: 'x'.repeat(500_000) };
    expect((await act(id, 'retry', { raw: { ...A_ROW, payload } })).status).toBe(200);
  });

  test('an unknown id is a 404 that says where to look; a source that is gone is a 409 that says so', async () => {
    for (const id of ['99', 'x'])
      expect(await api.post(`/api/v1/quarantine/${id}/retry`)).toMatchObject({
        status: 404,
        body: { detail: like(/GET \/api\/v1\/quarantine/) },
      });
    const id = await aRow();
    await store.db.execute(sql`update quarantine set source = 'gone'`);
    expect(await act(id, 'retry')).toMatchObject({
      status: 409,
      body: { detail: like(/"gone" is not configured: configure it, then retry/) },
    });
  });
});

function aReadCopy() {
  return {
    eventId: '168',
    model: 'res.partner',
    recordId: 16,
    operation: 'write' as const,
    occurredAtMs: Date.UTC(2026, 10, 24, 2, 0, 0),
    priority: null,
    category: null,
    user: null,
    payload: { name: 'A' },
    changedFields: null,
  };
}
