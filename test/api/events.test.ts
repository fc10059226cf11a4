// Events over HTTP, in detail: pages, bounds of time, links, and what a wrong query is told.
import { createIntake } from '../../src/intake/accept';
import { routeEvents } from '../../src/store/events/route';
import { anArrival, aSource } from '../support/builders';
import { describeOnBothEngines, type TestStore } from '../support/stores';
import { subscribe } from '../support/subscriptions';
import { startApi, type RunningApi } from './running-api';

interface EventPage {
  readonly events: readonly { readonly key: string; readonly received_at: string }[];
  readonly next: string | null;
}

describeOnBothEngines('events over HTTP', (open) => {
  let store: TestStore;
  let api: RunningApi;

  beforeAll(async () => {
    store = await open();
    api = await startApi({ store });
    const intake = createIntake(store.db);
    for (const id of ['1', '2', '3', '4']) {
      await intake.accept(aSource(), 'push', [anArrival({ eventId: id, recordId: Number(id) })], null);
    }
    await intake.accept(
      aSource({ name: 'hq', keyPrefix: 'hq/' }),
      'pull',
      [anArrival({ eventId: '17' })],
      null,
    );
    await subscribe(store, { url: 'http://crm.test/' });
    await routeEvents(store.db, [{ key: 'hq/17', runId: 'old-run', workflowId: 'hq/17' }]);
  }, 60_000);
  afterAll(async () => {
    await api.close();
    await store.close();
  });

  const list = async (query: string) => (await api.get(`/api/v1/events?${query}`)).body as EventPage;
  const keys = async (query: string) => (await list(query)).events.map(({ key }) => key);

  test('a page that is just full is the last one', async () => {
    const first = await list('source=main&limit=2');
    expect(first.events.map(({ key }) => key)).toEqual(['4', '3']);
    expect(first.next).not.toBeNull();
    const second = await list(`source=main&limit=2&cursor=${first.next}`);
    expect(second.events.map(({ key }) => key)).toEqual(['2', '1']);
    expect(second.next).toBeNull();
  });

  test('a feed that has seen all gets what came later from its cursor', async () => {
    const { next } = await list('source=main&order=asc&limit=3');
    expect(await keys(`source=main&order=asc&cursor=${next}`)).toEqual(['4']);
  });

  test('since takes its moment in, until leaves it out', async () => {
    const { events } = await list('source=main&order=asc');
    const at = events[1]!.received_at;
    const before = events.filter((event) => event.received_at < at).map(({ key }) => key);
    const from = events.filter((event) => event.received_at >= at).map(({ key }) => key);
    expect(await keys(`source=main&order=asc&since=${at}`)).toEqual(from);
    expect(await keys(`source=main&order=asc&until=${at}`)).toEqual(before);
  });

  test.each([
    ['push_id=2', ['2']],
    ['channel=pull', ['hq/17']],
    ['status=processing', ['hq/17']],
    ['operation=unlink', []],
    ['priority=medium&record_id=3', ['3']],
    ['q=hq/17', ['hq/17']],
    ['q=17', ['hq/17']],
    ['since=1970-01-01T00:00:00Z&record_id=1', ['1']],
    ['until=9999-12-31T23:59:59.999Z&record_id=1', ['1']],
    ['since=2001-01-01T00:00:00%2B02:00&record_id=1', ['1']],
    [`model=${encodeURIComponent("x' or 1=1; --")}`, []],
    ['record_id=999999999999999', []],
  ])('events?%s lists %j', async (query, expected) => {
    expect(await keys(query)).toEqual(expected);
  });

  test.each([
    ['limit=0', 'query.limit', '"0"', 'a whole number from 1 to 1000'],
    ['limit=1e2', 'query.limit', '"1e2"', 'a whole number from 1 to 1000'],
    ['limit=1&limit=2', 'query.limit', '["1","2"]', 'a whole number from 1 to 1000'],
    ['record_id=-1', 'query.record_id', '"-1"', 'a whole number'],
    ['record_id=1.5', 'query.record_id', '"1.5"', 'a whole number'],
    ['since=yesterday', 'query.since', '"yesterday"', 'a time from 1970 on, such as 2026-11-24T02:00:00Z'],
    ['since=2026-11-24', 'query.since', '"2026-11-24"', 'a time from 1970 on, such as 2026-11-24T02:00:00Z'],
    [
      'until=0000-01-01T00:00:00Z',
      'query.until',
      '-62167219200000',
      'a time from 1970 on, such as 2026-11-24T02:00:00Z',
    ],
    ['order=up', 'query.order', '"up"', 'one of asc, desc'],
    ['channel=mail', 'query.channel', '"mail"', 'one of push, pull'],
    ['cursor=!!', 'query.cursor', '""', 'the `next` of the page before'],
    ['source=', 'query.source', '""', 'a text of 1 to 200 characters, given once'],
  ])('events?%s is told where it is wrong', async (query, where, found, expected) => {
    const { status, body } = await api.get(`/api/v1/events?${query}`);
    expect(status).toBe(400);
    expect(body).toEqual({
      type: 'about:blank',
      title: 'Bad Request',
      status: 400,
      detail: expect.stringContaining(where) as unknown,
      errors: [{ where, found, expected }],
    });
  });

  test('every unknown name and wrong value is named at once', async () => {
    const { body } = await api.get('/api/v1/events?statsu=pending&limit=0&modell=res.partner');
    const { errors } = body as { errors: { where: string }[] };
    expect(errors.map(({ where }) => where).sort()).toEqual(['query.limit', 'query.modell', 'query.statsu']);
  });

  test('a long wrong value is not sent back whole', async () => {
    const { body } = await api.get(`/api/v1/events?order=${'x'.repeat(5_000)}`);
    expect(JSON.stringify(body).length).toBeLessThan(500);
  });

  test('an event without a run links to where its runs will be found', async () => {
    const query = encodeURIComponent('WorkflowId="1"');
    expect((await api.get('/api/v1/events/1')).body).toMatchObject({
      temporal_url: `http://ui.test/namespaces/default/workflows?query=${query}`,
    });
  });

  test('an event with runs links to the newest one', async () => {
    expect((await api.get('/api/v1/events/hq%2F17')).body).toMatchObject({
      workflow_id: 'hq/17',
      temporal_url: 'http://ui.test/namespaces/default/workflows/hq%2F17/old-run/history',
    });
  });

  test('without a known Web UI there is no link', async () => {
    const bare = await startApi({ store, temporalUi: { baseUrl: null, namespace: 'default' } });
    try {
      expect((await bare.get('/api/v1/events/1')).body).toMatchObject({ temporal_url: null });
    } finally {
      await bare.close();
    }
  });

  test('a list leaves payloads out', async () => {
    expect((await list('record_id=1')).events[0]).not.toHaveProperty('payload');
  });
});
