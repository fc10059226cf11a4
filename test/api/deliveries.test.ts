// Deliveries over HTTP: the list, one with every attempt, and making one again. Temporal is played by a fake of our port.
import type { EventRuns, EventSignal } from '../../src/contracts/event-runs';
import { createIntake } from '../../src/intake/accept';
import { recordAttempts } from '../../src/store/deliveries/record';
import type { DeliveryEnd } from '../../src/store/deliveries/recorded-event';
import { routeEvents } from '../../src/store/events/route';
import { setSubscriptionStatus } from '../../src/store/subscriptions';
import { anArrival, aSource } from '../support/builders';
import { describeOnBothEngines, type TestStore } from '../support/stores';
import { subscribe } from '../support/subscriptions';
import { startApi, type RunningApi } from './running-api';

interface Shown {
  readonly id: string;
  readonly event_key: string;
  readonly subscription: { readonly name: string };
  readonly state: string;
  readonly attempts: readonly object[];
}

describeOnBothEngines('deliveries over HTTP', (open) => {
  let store: TestStore;
  let api: RunningApi;
  let signals: [string, EventSignal][];
  let runIsOpen: boolean;
  let rings: number;
  let crm: { readonly id: string };

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
        if (runIsOpen) signals.push([workflowId, act]);
        return Promise.resolve(runIsOpen);
      },
      fateOf: () => Promise.resolve('unknown'),
      closedSince: () => Promise.resolve(new Set()),
    };
    api = await startApi({ store, runs, bell: { ring: () => void (rings += 1), setAwake: () => undefined } });
    crm = await subscribe(store, { name: 'crm', url: 'http://crm.test/' });
    await subscribe(store, { name: 'erp', url: 'http://erp.test/' });
  });
  afterEach(() => api.close());
  afterAll(() => store.close());

  const list = async (query = '') => {
    const { body } = await api.get(`/api/v1/deliveries${query}`);
    return body as { deliveries: readonly Shown[]; next: string | null };
  };
  const names = async (query: string) =>
    (await list(query)).deliveries.map((one) => `${one.event_key} ${one.subscription.name}`);
  const runOf = (key: string, runId = 'r1') => ({ key, runId, workflowId: key });

  /** Events of which those to the CRM and to the ERP have come to these ends. */
  async function anEvent(key: string, ends: readonly (DeliveryEnd | null)[]): Promise<void> {
    await createIntake(store.db).accept(aSource(), 'pull', [anArrival({ eventId: key })], null);
    const [routed] = await routeEvents(store.db, [runOf(key)]);
    for (const [place, end] of ends.entries()) await attempt(key, routed!.waiting[place]!.id, end);
  }
  async function attempt(key: string, id: string, end: DeliveryEnd | null, runId = 'r1'): Promise<void> {
    if (end === null) return;
    const made = {
      status: 500,
      durationMs: 3,
      response: 'no',
      errorClass: 'server-error',
      message: 'failed',
    };
    await recordAttempts(store.db, [{ ...runOf(key, runId), id, attempt: made, end }]);
  }
  const SENT = { state: 'sent' } as const;
  const DEAD = { state: 'dead' } as const;
  const LATER = { state: 'waiting', afterMs: 3_600_000 } as const;

  test('they are listed the newest first, by subscription, event and state', async () => {
    await anEvent('1', [SENT, DEAD]);
    await anEvent('2', [LATER, SENT]);
    expect(await names('')).toEqual(['2 erp', '2 crm', '1 erp', '1 crm']);
    expect(await names('?subscription=crm')).toEqual(['2 crm', '1 crm']);
    expect(await names(`?subscription=${crm.id}`)).toEqual(['2 crm', '1 crm']);
    expect(await names('?event=1')).toEqual(['1 erp', '1 crm']);
    expect(await names('?state=sent')).toEqual(['2 erp', '1 crm']);
    expect(await names('?state=waiting')).toEqual(['2 crm']);
    expect(await names('?state=dead')).toEqual(['1 erp']);
    expect(await names('?state=sent&subscription=erp&event=2')).toEqual(['2 erp']);
    expect(await names('?state=dead&subscription=crm')).toEqual([]);
  });

  test.each(['', '&state=waiting', '&subscription=crm', '&event=1'])(
    'a list "%s" goes on where its page ended',
    async (filter) => {
      for (const key of ['1', '2', '3']) await anEvent(key, []);
      const all = await names(`?limit=100${filter}`);
      const seen: string[] = [];
      for (let next: string | null = ''; next !== null;) {
        const page: Awaited<ReturnType<typeof list>> = await list(
          `?limit=1${filter}${next === '' ? '' : `&cursor=${next}`}`,
        );
        seen.push(...page.deliveries.map((one) => `${one.event_key} ${one.subscription.name}`));
        ({ next } = page);
      }
      expect(seen).toEqual(all);
      expect(all.length).toBeGreaterThan(1);
    },
  );

  test.each([
    ['?state=lost', 400],
    ['?colour=blue', 400],
    ['?subscription=nobody', 404],
    ['?event=nobody', 404],
    ['/nobody', 404],
  ])('%s is answered with %d', async (query, status) => {
    expect((await api.get(`/api/v1/deliveries${query}`)).status).toBe(status);
  });

  const idOf = async (key: string, name: string) =>
    (await list(`?event=${key}&subscription=${name}`)).deliveries[0]!.id;
  const shown = async (id: string) => (await api.get(`/api/v1/deliveries/${id}`)).body;
  const retry = (id: string, body?: object) => api.post(`/api/v1/deliveries/${id}/retry`, body);
  const stateOf = async (key: string) => (await api.get(`/api/v1/events/${key}`)).body as { status: string };

  test('one is shown with every attempt, as its event shows it', async () => {
    await anEvent('1', [LATER]);
    const id = await idOf('1', 'crm');
    await attempt('1', id, DEAD);
    expect(await shown(id)).toMatchObject({
      id,
      event_key: '1',
      subscription: { id: crm.id, name: 'crm' },
      state: 'dead',
      next_attempt_at: null,
      attempts: [{ status: 500, duration_ms: 3, response: 'no', error_class: 'server-error' }, {}],
    });
    expect(await stateOf('1')).toMatchObject({ deliveries: [await shown(id), {}] });
  });

  test.each([
    ['waits', [LATER, LATER], 'delivering'],
    ['is sent while another one waits', [SENT, LATER], 'delivering'],
    ['is dead', [DEAD, SENT], 'dead_letter'],
  ] as const)('one that %s is opened, and the run of its event is told', async (_, ends, status) => {
    await anEvent('1', ends);
    expect(await stateOf('1')).toMatchObject({ status });
    const id = await idOf('1', 'crm');
    const other = await shown(await idOf('1', 'erp'));
    for (const times of [1, 2, 3]) {
      expect(await retry(id)).toMatchObject({ status: 202, body: { id, event_key: '1' } });
      expect(signals).toHaveLength(times);
    }
    expect(signals[0]).toEqual(['1', { kind: 'deliver-now' }]);
    expect(await shown(id)).toMatchObject({ state: 'waiting' });
    expect(await shown(await idOf('1', 'erp'))).toEqual(other);
    expect(await stateOf('1')).toMatchObject({
      status: status === 'dead_letter' ? 'processing' : status,
      actions: [{ action: 'retry', reason: 'the delivery to crm' }, {}, {}],
    });
  });

  test('an attempt that was under way when it was asked for is not the one that was asked for', async () => {
    await anEvent('1', [LATER, SENT]);
    const id = await idOf('1', 'crm');
    await retry(id);
    await attempt('1', id, SENT);
    expect(await shown(id)).toMatchObject({ state: 'waiting', attempts: [{}, {}] });
  });

  test('of a closed event only this one is opened, by a new run', async () => {
    await anEvent('1', [SENT, SENT]);
    expect(await stateOf('1')).toMatchObject({ status: 'processed' });
    const id = await idOf('1', 'crm');
    expect((await retry(id, { reason: 'they lost it' })).status).toBe(202);
    expect([signals, rings]).toEqual([[], 1]);
    expect(await stateOf('1')).toMatchObject({
      status: 'pending',
      actions: [{ reason: 'the delivery to crm: they lost it' }],
    });
    expect((await retry(id)).status).toBe(202);
    const [routed] = await routeEvents(store.db, [runOf('1', 'r2')]);
    expect(routed).toMatchObject({ status: 'processing', waiting: [{ id, tries: 0 }] });
  });

  test('where no run is open any more, a new one makes it', async () => {
    await anEvent('1', [DEAD, SENT]);
    runIsOpen = false;
    const id = await idOf('1', 'crm');
    expect((await retry(id)).status).toBe(202);
    expect([await stateOf('1'), rings]).toMatchObject([{ status: 'pending' }, 1]);
    const [routed] = await routeEvents(store.db, [runOf('1', 'r2')]);
    expect(routed).toMatchObject({ status: 'processing', waiting: [{ id }] });
  });

  test.each([
    ['paused', /resume it/],
    ['disabled', /resume it/],
    ['deleted', /deleted/],
  ] as const)('none is made again to a subscription that is %s', async (status, words) => {
    await anEvent('1', [SENT, SENT]);
    const id = await idOf('1', 'crm');
    await setSubscriptionStatus(store.db, crm.id, status, null);
    const detail: unknown = expect.stringMatching(words);
    expect(await retry(id)).toMatchObject({ status: 409, body: { detail } });
    expect(await stateOf('1')).toMatchObject({ status: 'processed', actions: [] });
  });

  test('none is made again that is not there', async () => {
    expect((await retry('nobody')).status).toBe(404);
  });
});
