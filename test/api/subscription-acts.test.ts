// What a person does with one subscription over HTTP: change it, pause it, resume it, give it a new secret, try it out.
import { Webhook } from 'standardwebhooks';
import { sql } from 'drizzle-orm';
import type { EventRuns, EventSignal } from '../../src/contracts/event-runs';
import { startSubscriber, type Subscriber } from '../../src/demo/subscriber';
import { createIntake } from '../../src/intake/accept';
import { loadDeliveries } from '../../src/store/deliveries/load';
import { recordAttempts } from '../../src/store/deliveries/record';
import { routeEvents } from '../../src/store/events/route';
import { circuits, deliveries, subscriptions } from '../../src/store/schema';
import { createSecretBox } from '../../src/store/secret-box';
import { seedSubscriptions } from '../../src/store/subscription-seeds';
import { readSubscription, setSubscriptionStatus } from '../../src/store/subscriptions';
import { anArrival, aSource } from '../support/builders';
import { eventually } from '../support/bridge';
import { describeOnBothEngines, type TestStore } from '../support/stores';
import { startApi, type RunningApi } from './running-api';

const box = createSecretBox('a secret key for tests');
const like = (pattern: RegExp): unknown => expect.stringMatching(pattern);

describeOnBothEngines('one subscription', (open) => {
  let store: TestStore;
  let api: RunningApi;
  let subscriber: Subscriber;
  let signals: [string, EventSignal][];
  let id: string;
  let secret: string;

  beforeAll(async () => {
    store = await open();
    subscriber = await startSubscriber();
  }, 60_000);
  beforeEach(async () => {
    await store.empty();
    signals = [];
    const runs: Pick<EventRuns, 'signal'> = {
      signal: (workflowId, act) => {
        signals.push([workflowId, act]);
        return Promise.resolve(true);
      },
    };
    api = await startApi({ store, runs: { ...NO_RUNS, ...runs } });
    const made = await api.post('/api/v1/subscriptions', {
      name: 'crm',
      url: `${subscriber.url}/hook`,
      filter: {},
    });
    ({ id, secret } = made.body as { id: string; secret: string });
  });
  afterEach(() => api.close());
  afterAll(async () => {
    await subscriber.close();
    await store.close();
  });

  const path = (act = '') => `/api/v1/subscriptions/${id}${act}`;
  const patch = (body: unknown) => api.call('PATCH', path(), { body });
  /** Its delivery waits for an hour. */
  async function oneWaits(): Promise<void> {
    await createIntake(store.db).accept(aSource(), 'pull', [anArrival()], null);
    const run = { key: '17', runId: 'r1', workflowId: '17' };
    const [routed] = await routeEvents(store.db, [run]);
    const attempt = { status: 500, durationMs: 3, response: 'no', errorClass: 'server-error', message: 'x' };
    const end = { state: 'waiting', afterMs: 3_600_000 } as const;
    await recordAttempts(store.db, [{ ...run, id: routed!.waiting[0]!.id, attempt, end }]);
  }
  const kept = async () => (await store.db.select().from(deliveries))[0]!;
  const isDueAndTold = () =>
    eventually(async () => {
      expect((await kept()).nextAttemptAt!.getTime()).toBeLessThanOrEqual(Date.now() + 1_000);
      expect(signals).toEqual([['17', { kind: 'deliver-now' }]]);
    });

  test('everything but its channel can be changed, each alone', async () => {
    const url = `${subscriber.url}/other`;
    for (const change of [
      { name: 'erp' },
      { url },
      { filter: { models: ['sale.*'], fields: ['state'] } },
      { ordered: true },
      { coalesce: true },
      { rate_per_second: 20 },
    ]) {
      expect(await patch(change)).toMatchObject({ status: 200, body: change });
      expect(await api.get(path())).toMatchObject({ body: change });
    }
    expect(await api.get(path())).toMatchObject({
      body: { name: 'erp', url, ordered: true, status: 'active' },
    });
    expect(await patch({ rate_per_second: null })).toMatchObject({ body: { rate_per_second: null } });
  });

  test.each([
    [{}, 400, 'send what is to change'],
    [{ colour: 'blue' }, 400, 'body.colour'],
    [{ filter: { sources: ['hq'] } }, 400, 'one of the sources'],
    [{ url: 'http://10.0.0.1/' }, 400, 'JISR_WEBHOOK_ALLOW_CIDR'],
    [{ name: 'erp' }, 409, 'take another name'],
  ])('a change to %j is refused with %d', async (change, status, words) => {
    await api.post('/api/v1/subscriptions', { name: 'erp', url: subscriber.url, filter: {} });
    const answer = await patch(change);
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.body)).toContain(words);
    expect(await api.get(path())).toMatchObject({ body: { name: 'crm', filter: {} } });
  });

  test('what waits is named by its record when its order begins to count', async () => {
    await oneWaits();
    expect((await kept()).record).toBeNull();
    await patch({ name: 'erp', ordered: false });
    expect((await kept()).record).toBeNull();
    await patch({ ordered: true });
    expect((await kept()).record).toBe('main res.partner/16');
  });

  test('while paused it gets its events, and says why', async () => {
    expect(await api.post(path('/pause'), { reason: 'they move house' })).toMatchObject({
      status: 200,
      body: { status: 'paused', status_reason: 'they move house' },
    });
    await createIntake(store.db).accept(aSource(), 'pull', [anArrival()], null);
    const [routed] = await routeEvents(store.db, [{ key: '17', runId: 'r1', workflowId: '17' }]);
    expect(routed?.waiting).toMatchObject([{ subscription: 'crm', state: 'waiting' }]);
  });

  test.each(['paused', 'disabled'] as const)(
    'resumed from %s it is active, its circuit is forgotten, and what waits is due and told',
    async (status) => {
      await oneWaits();
      await setSubscriptionStatus(store.db, id, status, 'a reason');
      await store.db.insert(circuits).values({ subscriptionId: id, failures: 9 });
      expect(await api.post(path('/resume'))).toMatchObject({
        status: 200,
        body: { status: 'active', status_reason: null },
      });
      expect(await store.db.select().from(circuits)).toEqual([]);
      await isDueAndTold();
    },
  );

  test('what waits is due and told when its address changes, not when its name does', async () => {
    await oneWaits();
    await patch({ name: 'erp' });
    expect((await kept()).nextAttemptAt!.getTime()).toBeGreaterThan(Date.now() + 3_000_000);
    await patch({ url: `${subscriber.url}/new` });
    await isDueAndTold();
  });

  test('what waits is due and told when it is deleted', async () => {
    await oneWaits();
    expect((await api.call('DELETE', path())).status).toBe(204);
    await isDueAndTold();
  });

  test('a new secret is shown once; for a day the one before signs too, the newest first', async () => {
    const rotated = await api.post(path('/rotate-secret'));
    expect(rotated).toMatchObject({ status: 200, body: { name: 'crm', secret: like(/^whsec_/) } });
    const { secret: newest } = rotated.body as { secret: string };
    await oneWaits();
    const loaded = async () => (await loadDeliveries(store.db, [(await kept()).id]))[0]!.subscription;
    const secrets = async () => (await loaded()).encryptedSecrets.map((one) => box.decrypt(one));
    expect(await secrets()).toEqual([newest, secret]);
    const again = (await api.post(path('/rotate-secret'))).body as { secret: string };
    expect(await secrets()).toEqual([again.secret, newest]);
    await store.db.update(subscriptions).set({ previousSecretUntil: sql`now()` });
    expect(await secrets()).toEqual([again.secret]);
    const shown = JSON.stringify([
      (await api.get(path())).body,
      (await api.get('/api/v1/subscriptions')).body,
    ]);
    expect(shown).not.toMatch(/whsec_|v1:/);
    expect(api.lines.join()).not.toMatch(/whsec_|v1:/);
  });

  test.each(['active', 'paused', 'disabled'] as const)(
    'a test is sent at once, signed by both secrets, while it is %s',
    async (status) => {
      const { secret: newest } = (await api.post(path('/rotate-secret'))).body as { secret: string };
      await setSubscriptionStatus(store.db, id, status, null);
      const before = subscriber.received.length;
      expect(await api.post(path('/test'))).toMatchObject({
        status: 200,
        body: { delivered: true, status: 200, response: 'status 200', error_class: null },
      });
      await api.post(path('/test'));
      const [one, two] = subscriber.received.slice(before);
      expect(one!.id).not.toBe(two!.id);
      for (const key of [secret, newest])
        expect(new Webhook(key).verify(one!.body, one!.headers as Record<string, string>)).toEqual({
          type: 'odoo.test',
          timestamp: like(/Z$/),
          data: { message: like(/test/), subscription: 'crm' },
        });
    },
  );

  test('a test that fails says what to do, and disables nothing', async () => {
    subscriber.behave(() => ({ status: 410 }));
    expect(await api.post(path('/test'))).toMatchObject({
      status: 200,
      body: { delivered: false, status: 410, error_class: 'gone', message: like(/would disable/) },
    });
    expect((await readSubscription(store.db, id))?.status).toBe('active');
    await store.db.update(subscriptions).set({ secret: createSecretBox('another key').encrypt(secret) });
    expect(await api.post(path('/test'))).toMatchObject({
      body: {
        delivered: false,
        status: null,
        error_class: 'secret-unreadable',
        message: like(/JISR_SECRET_KEY/),
      },
    });
  });

  test('what stands in jisr.yaml is changed there', async () => {
    await seedSubscriptions(store.db, [
      {
        name: 'crm',
        url: subscriber.url,
        filter: {},
        ordered: false,
        coalesce: false,
        ratePerSecond: null,
        keepsSecret: () => true,
        encryptedSecret: 'x',
      },
    ]);
    const detail = like(/jisr\.yaml/);
    expect(await patch({ ordered: true })).toMatchObject({ status: 409, body: { detail } });
    expect(await api.call('DELETE', path())).toMatchObject({ status: 409, body: { detail } });
    expect((await api.post(path('/pause'))).status).toBe(200);
  });

  test('nobody is found under an unknown id', async () => {
    id = 'nobody';
    for (const act of ['/pause', '/resume', '/rotate-secret', '/test'])
      expect((await api.post(path(act))).status).toBe(404);
    expect((await patch({ name: 'x' })).status).toBe(404);
  });
});

const NO_RUNS: Omit<EventRuns, 'signal'> = {
  start: () => Promise.resolve('started'),
  startBatch: () => Promise.resolve(),
  fateOf: () => Promise.resolve('unknown'),
  closedSince: () => Promise.resolve(new Set()),
};
