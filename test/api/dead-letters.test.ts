// Dead letters by what failed and where, and the events of each group.
import { sql } from 'drizzle-orm';
import { createIntake } from '../../src/intake/accept';
import { nextStepFor } from '../../src/domain/delivery-failure';
import { recordAttempts } from '../../src/store/deliveries/record';
import { routeEvents } from '../../src/store/events/route';
import { settleStale, staleEvents } from '../../src/store/events/stale';
import { anArrival, aSource } from '../support/builders';
import { describeOnBothEngines, type TestStore } from '../support/stores';
import { subscribe } from '../support/subscriptions';
import { startApi, type RunningApi } from './running-api';

interface Groups {
  readonly total: number;
  readonly groups: readonly {
    readonly error_class: string;
    readonly subscription: string | null;
    readonly events: number;
    readonly sample_keys: readonly string[];
  }[];
}

const like = (pattern: RegExp): unknown => expect.stringMatching(pattern);

describeOnBothEngines('dead letters over HTTP', (open) => {
  let store: TestStore;
  let api: RunningApi;
  let crm: { readonly id: string };

  beforeAll(async () => {
    store = await open();
    api = await startApi({ store });
  }, 60_000);
  beforeEach(async () => {
    await store.empty();
    crm = await subscribe(store, { name: 'crm', url: 'http://crm.test/hook?token=x' });
    await subscribe(store, { name: 'erp', url: 'http://erp.test:8069/' });
  });
  afterAll(async () => {
    await api.close();
    await store.close();
  });

  const groups = async (query = '') => (await api.get(`/api/v1/dead-letters${query}`)).body as Groups;
  const brief = async (query = '') =>
    (await groups(query)).groups.map((group) => [group.error_class, group.events, group.sample_keys]);
  const keys = async (query: string) => {
    const { body } = await api.get(`/api/v1/events?${query}`);
    return (body as { events: readonly { key: string }[] }).events.map(({ key }) => key);
  };

  /** What failed at the CRM and at the ERP; null was taken. */
  async function anEvent(key: string, classes: readonly (string | null)[], model = 'res.partner') {
    const arrival = anArrival({ eventId: key, recordId: Number(key), model });
    await createIntake(store.db).accept(aSource(), 'pull', [arrival], null);
    const run = { key, runId: 'r1', workflowId: key };
    const [routed] = await routeEvents(store.db, [run]);
    for (const [place, errorClass] of classes.entries()) {
      const { id } = routed!.waiting[place]!;
      const attempt = {
        status: null,
        durationMs: 3,
        response: null,
        errorClass,
        message: errorClass === null ? 'taken' : `${errorClass} of event ${key}`,
      };
      const end = { state: errorClass === null ? ('sent' as const) : ('dead' as const) };
      await recordAttempts(store.db, [{ ...run, id, attempt, end }]);
    }
  }

  test('a group says what failed where, how often, since when, and what to press; the largest comes first', async () => {
    await anEvent('1', ['timeout', null]);
    await anEvent('2', ['rejected', 'timeout']);
    await anEvent('3', ['rejected', null]);
    await anEvent('4', [null, null]);
    const answer = await groups();
    expect(answer.total).toBe(3);
    expect(answer.groups).toHaveLength(3);
    expect(answer.groups[0]).toEqual({
      error_class: 'rejected',
      subscription: crm.id,
      subscription_name: 'crm',
      // The rest of an address may hold a token.
      destination: 'crm.test',
      events: 2,
      oldest_at: like(/Z$/),
      newest_at: like(/Z$/),
      message: 'rejected of event 3',
      hint: nextStepFor('rejected'),
      sample_keys: ['3', '2'],
    });
    // Equally large ones come in no order that anybody asked for.
    const others = answer.groups
      .slice(1)
      .toSorted((a, b) => Number(a.sample_keys[0]) - Number(b.sample_keys[0]));
    expect(others).toMatchObject([
      { error_class: 'timeout', destination: 'crm.test', events: 1, sample_keys: ['1'] },
      { error_class: 'timeout', destination: 'erp.test:8069', events: 1, sample_keys: ['2'] },
    ]);
  });

  test('what was retried or discarded is in no group, and there is none without a dead letter', async () => {
    expect(await groups()).toEqual({ groups: [], total: 0 });
    await anEvent('1', ['timeout', null]);
    await anEvent('2', ['timeout', null]);
    await api.post('/api/v1/events/1/discard', { reason: 'nobody wants it' });
    expect(await brief()).toEqual([['timeout', 1, ['2']]]);
    await api.post('/api/v1/events/2/retry');
    expect(await groups()).toEqual({ groups: [], total: 0 });
  });

  test('a run that ended is a failure of its own, with and without a delivery', async () => {
    await anEvent('1', []);
    await anEvent('2', []);
    await store.db.execute(sql`update events set lease_until = now() - interval '1 minute'`);
    for (const stale of await staleEvents(store.db, 10)) await settleStale(store.db, stale, 'dead_letter');
    await store.db.execute(
      sql`delete from deliveries where event_seq = (select seq from events where key = '2')`,
    );
    const ended = { error_class: 'run-ended', events: 1, message: null, hint: nextStepFor('run-ended') };
    const found = (await groups()).groups.toSorted(
      (a, b) => Number(a.sample_keys[0]) - Number(b.sample_keys[0]),
    );
    expect(found).toMatchObject([
      { ...ended, sample_keys: ['1'] },
      { ...ended, sample_keys: ['1'] },
      { ...ended, sample_keys: ['2'], subscription: null, destination: null },
    ]);
    expect(await keys('status=dead_letter&error_class=run-ended')).toEqual(['2', '1']);
  });

  test('groups and lists are narrowed by source, model and time', async () => {
    await anEvent('1', ['timeout', null]);
    await anEvent('2', ['timeout', null], 'sale.order');
    expect(await brief('?model=sale.order')).toEqual([['timeout', 1, ['2']]]);
    expect(await brief('?source=main')).toEqual([['timeout', 2, ['2', '1']]]);
    expect(await brief('?source=shop')).toEqual([]);
    expect(await brief('?since=2100-01-01T00:00:00Z')).toEqual([]);
    expect(await brief('?until=2100-01-01T00:00:00Z')).toHaveLength(1);
    expect((await api.get('/api/v1/dead-letters?state=x')).status).toBe(400);
    expect((await api.call('POST', '/api/v1/dead-letters')).status).toBe(405);
  });

  test('the events of a group are listed by its failure and its subscription, page by page', async () => {
    await anEvent('1', ['timeout', 'rejected']);
    await anEvent('2', ['rejected', null]);
    await anEvent('3', ['timeout', null]);
    await anEvent('4', [null, 'timeout']);
    expect(await keys('status=dead_letter&error_class=timeout')).toEqual(['4', '3', '1']);
    expect(await keys('status=dead_letter&error_class=timeout&subscription=crm')).toEqual(['3', '1']);
    expect(await keys(`error_class=timeout&subscription=${crm.id}&order=asc`)).toEqual(['1', '3']);
    expect(await keys('error_class=rejected&subscription=erp')).toEqual(['1']);
    expect(await keys('error_class=gone')).toEqual([]);
    expect(await keys('subscription=crm&status=dead_letter')).toEqual(['4', '3', '2', '1']);
    const first = await api.get('/api/v1/events?error_class=timeout&subscription=crm&limit=1');
    const { events, next } = first.body as { events: readonly { key: string }[]; next: string };
    expect(events.map(({ key }) => key)).toEqual(['3']);
    expect(await keys(`error_class=timeout&subscription=crm&limit=1&cursor=${next}`)).toEqual(['1']);
    expect(await api.get('/api/v1/events?subscription=nobody')).toMatchObject({
      status: 404,
      body: { detail: like(/GET \/api\/v1\/subscriptions/) },
    });
  });
});
