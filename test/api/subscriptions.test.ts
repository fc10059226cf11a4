// Subscriptions, and what a person does with one event, over HTTP. Temporal is played by a fake of our port.
import type { EventRuns, EventSignal } from '../../src/contracts/event-runs';
import { createIntake } from '../../src/intake/accept';
import { recordAttempts } from '../../src/store/deliveries/record';
import type { DeliveryEnd } from '../../src/store/deliveries/recorded-event';
import { completeEvents, routeEvents } from '../../src/store/events/route';
import { createSecretBox } from '../../src/store/secret-box';
import { readSubscription } from '../../src/store/subscriptions';
import { anArrival, aSource } from '../support/builders';
import { describeOnBothEngines, type TestStore } from '../support/stores';
import { AWAY } from './fake-control';
import { startApi, type RunningApi } from './running-api';

const like = (pattern: RegExp): unknown => expect.stringMatching(pattern);

describeOnBothEngines('subscriptions and events', (open) => {
  let store: TestStore;
  let api: RunningApi;
  let signals: [string, EventSignal][];
  let runIsOpen: boolean | Error;
  let rings: number;

  beforeAll(async () => {
    store = await open();
  }, 60_000);
  beforeEach(async () => {
    await store.empty();
    signals = [];
    runIsOpen = true;
    rings = 0;
    const runs: EventRuns = {
      start: () => Promise.resolve('started'),
      startBatch: () => Promise.resolve(),
      signal: (workflowId, act) => {
        if (runIsOpen instanceof Error) return Promise.reject(runIsOpen);
        if (runIsOpen) signals.push([workflowId, act]);
        return Promise.resolve(runIsOpen);
      },
      fateOf: () => Promise.resolve('unknown'),
      closedSince: () => Promise.resolve(new Set()),
    };
    api = await startApi({ store, runs, bell: { ring: () => void (rings += 1), setAwake: () => undefined } });
  });
  afterEach(() => api.close());
  afterAll(() => store.close());

  const create = async (over: object = {}) =>
    api.post('/api/v1/subscriptions', { name: 'crm', url: 'https://crm.test/hook', filter: {}, ...over });

  test('one is made with a secret that is shown once, and kept encrypted', async () => {
    const filter = { models: ['sale.*'], operations: ['create'], priorities: ['high'], sources: ['main'] };
    const made = await create({ filter, channel: 'webhook' });
    expect(made).toMatchObject({
      status: 201,
      body: {
        name: 'crm',
        filter,
        url: 'https://crm.test/hook',
        status: 'active',
        secret: like(/^whsec_/),
      },
    });
    const { id, secret } = made.body as { id: string; secret: string };
    const shown = await api.get(`/api/v1/subscriptions/${id}`);
    expect(shown).toMatchObject({ status: 200, body: { id, filter } });
    expect(JSON.stringify([shown.body, (await api.get('/api/v1/subscriptions')).body])).not.toContain(
      'whsec_',
    );
    const kept = await readSubscription(store.db, id);
    expect(kept?.encryptedSecret).not.toContain(secret);
    expect(createSecretBox('a secret key for tests').decrypt(kept!.encryptedSecret)).toBe(secret);
    expect(api.lines.join()).not.toContain('whsec_');
  });

  test.each([
    [{ url: 'ftp://crm.test' }, 'body.url'],
    [{ url: 'https://user:pw@crm.test' }, 'body.url'],
    [{ url: 'crm.test/hook' }, 'body.url'],
    [{ name: '' }, 'body.name'],
    [{ name: 'a b' }, 'body.name'],
    [{ filter: { model: ['x'] } }, 'body.filter'],
    [{ filter: { models: [] } }, 'body.filter.models'],
    [{ filter: { operations: ['update'] } }, 'body.filter.operations.0'],
    [{ filter: { priorities: 'high' } }, 'body.filter.priorities'],
    [{ filter: undefined }, 'body.filter'],
    [{ channel: 'email' }, 'body.channel'],
    [{ colour: 'blue' }, 'body.colour'],
    [{ filter: { models: ['sale order'] } }, 'body.filter.models.0'],
    [{ filter: { models: ['sale..order'] } }, 'body.filter.models.0'],
    [{ filter: { models: ['x', 'x'] } }, 'body.filter.models'],
    [{ filter: { sources: ['hq'] } }, 'one of the sources: main, shop'],
    [{ filter: { fields: ['partner-id'] } }, 'body.filter.fields.0'],
    [{ rate_per_second: 0 }, 'body.rate_per_second'],
    [{ rate_per_second: 1_001 }, 'body.rate_per_second'],
    [{ ordered: 'yes' }, 'body.ordered'],
    [{ url: 'http://10.0.0.1/hook' }, 'JISR_WEBHOOK_ALLOW_CIDR'],
    [{ url: 'http://169.254.169.254/' }, 'JISR_WEBHOOK_ALLOW_CIDR'],
    [{ url: 'http://[::1]/hook' }, 'JISR_WEBHOOK_ALLOW_CIDR'],
    [{ url: 'http://[::ffff:10.0.0.1]/hook' }, 'JISR_WEBHOOK_ALLOW_CIDR'],
    [{ url: 'http://0x0a.1/hook' }, 'JISR_WEBHOOK_ALLOW_CIDR'],
  ])('%j is refused and names %s', async (over, where) => {
    const answer = await create(over);
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toContain(where);
    expect((await api.get('/api/v1/subscriptions')).body).toMatchObject({ subscriptions: [] });
  });

  test('a name is taken once; a deleted one frees it; what is deleted is gone', async () => {
    const { id } = (await create()).body as { id: string };
    expect((await create()).status).toBe(409);
    expect((await api.call('DELETE', `/api/v1/subscriptions/${id}`)).status).toBe(204);
    expect((await api.get(`/api/v1/subscriptions/${id}`)).status).toBe(404);
    expect((await api.call('DELETE', `/api/v1/subscriptions/${id}`)).status).toBe(404);
    expect((await create()).status).toBe(201);
  });

  test('a list goes on where its page ended', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) await create({ name });
    const seen: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const query: string = next === '' ? '?limit=2' : `?limit=2&cursor=${next}`;
      const { body } = await api.get(`/api/v1/subscriptions${query}`);
      const page = body as { subscriptions: { name: string }[]; next: string | null };
      seen.push(...page.subscriptions.map(({ name }) => name));
      ({ next } = page);
    }
    expect(seen.sort()).toEqual(names);
  });

  /** An event whose only delivery has come to this end. */
  async function anEvent(end: DeliveryEnd | null): Promise<void> {
    await create();
    await createIntake(store.db).accept(aSource(), 'pull', [anArrival()], null);
    const run = { key: '17', runId: 'r1', workflowId: '17' };
    const [routed] = await routeEvents(store.db, [run]);
    if (end === null) return;
    const attempt = {
      status: 404,
      durationMs: 3,
      response: 'no',
      errorClass: 'rejected',
      message: 'refused',
    };
    await recordAttempts(store.db, [{ ...run, id: routed!.waiting[0]!.id, attempt, end }]);
    await completeEvents(store.db, [run]);
  }
  const event = async () =>
    (await api.get('/api/v1/events/17')).body as {
      status: string;
      deliveries: { state: string }[];
      actions: object[];
    };

  test('an event is shown with its deliveries, each with its attempts', async () => {
    await anEvent({ state: 'dead' });
    expect(await event()).toMatchObject({
      status: 'dead_letter',
      deliveries: [
        {
          id: like(/^msg_[0-9a-f]{32}$/),
          event_key: '17',
          subscription: { name: 'crm' },
          state: 'dead',
          next_attempt_at: null,
          attempts: [
            { status: 404, duration_ms: 3, response: 'no', error_class: 'rejected', message: 'refused' },
          ],
        },
      ],
    });
  });

  test('retry of a dead letter goes to its run, and is noted', async () => {
    await anEvent({ state: 'dead' });
    expect((await api.post('/api/v1/events/17/retry', { reason: 'it is mended' })).status).toBe(202);
    expect(signals).toEqual([['17', { kind: 'retry' }]]);
    expect((await event()).actions).toMatchObject([{ action: 'retry', reason: 'it is mended' }]);
  });

  test('where its run has ended, retry starts a new one that opens what is dead', async () => {
    await anEvent({ state: 'dead' });
    runIsOpen = false;
    expect((await api.post('/api/v1/events/17/retry')).status).toBe(202);
    expect((await event()).status).toBe('pending');
    expect(rings).toBe(1);
    const [routed] = await routeEvents(store.db, [{ key: '17', runId: 'r2', workflowId: '17' }]);
    expect(routed).toMatchObject({ standing: 'take', status: 'processing', waiting: [{ state: 'waiting' }] });
  });

  test('discard ends a dead letter, with its reason', async () => {
    await anEvent({ state: 'dead' });
    expect((await api.post('/api/v1/events/17/discard', { reason: 'sent by hand' })).status).toBe(202);
    expect(signals).toEqual([['17', { kind: 'discard', reason: 'sent by hand', actor: 'admin' }]]);
    runIsOpen = false;
    expect((await api.post('/api/v1/events/17/discard', { reason: 'sent by hand' })).status).toBe(202);
    expect(await event()).toMatchObject({
      status: 'discarded',
      deliveries: [{ state: 'discarded' }],
      actions: [{ action: 'discard', reason: 'sent by hand' }],
    });
  });

  test('replay of a processed event opens all its deliveries in a new run', async () => {
    await anEvent({ state: 'sent' });
    expect(await event()).toMatchObject({ status: 'processed' });
    expect((await api.post('/api/v1/events/17/replay', { reason: 'crm lost it' })).status).toBe(202);
    expect(signals).toEqual([]);
    expect((await event()).status).toBe('pending');
    const [routed] = await routeEvents(store.db, [{ key: '17', runId: 'r2', workflowId: '17' }]);
    expect(routed).toMatchObject({ status: 'processing', waiting: [{ tries: 0 }] });
  });

  test.each([
    ['retry', null, 'processing'],
    ['retry', { state: 'sent' }, 'processed'],
    ['discard', { state: 'sent' }, 'processed'],
    ['replay', null, 'processing'],
  ] as const)('%s of what is %j is refused: it is %s', async (verb, end, status) => {
    await anEvent(end);
    expect(await api.post(`/api/v1/events/17/${verb}`)).toMatchObject({
      status: 409,
      body: { detail: like(new RegExp(status)) },
    });
    expect((await event()).actions).toEqual([]);
  });

  test('while Temporal is away a retry is a 503, and can be asked again', async () => {
    await anEvent({ state: 'dead' });
    runIsOpen = AWAY;
    expect((await api.post('/api/v1/events/17/retry')).status).toBe(503);
    runIsOpen = true;
    expect((await api.post('/api/v1/events/17/retry')).status).toBe(202);
  });

  test('nobody is found under an unknown key', async () => {
    for (const verb of ['retry', 'discard', 'replay'])
      expect((await api.post(`/api/v1/events/nobody/${verb}`)).status).toBe(404);
  });
});
