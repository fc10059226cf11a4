// Deliveries on a real Temporal server to a subscriber on a real socket: signed, tried again by the schedule, refused.
import { Webhook } from 'standardwebhooks';
import { startSubscriber, type ReceivedWebhook } from '../../src/demo/subscriber';
import { readTotals } from '../../src/store/counters';
import { readEvent } from '../../src/store/events/read';
import { setSubscriptionStatus } from '../../src/store/subscriptions';
import { eventually } from '../support/bridge';
import { setStage } from '../support/stage';
import { describeOnBothEngines } from '../support/stores';
import { subscribe, type TestSubscription } from '../support/subscriptions';

describeOnBothEngines('deliveries', (openStore) => {
  /** Waits of a quarter of a second, so that a schedule is over in a second. */
  const { store, subscriber, start, accept, becomes, deliveriesOf, run, answered } = setStage(openStore, {
    JISR_DELIVERY_SCHEDULE: '0,0.2,0.2,0.2',
  });
  let crm: TestSubscription;
  beforeEach(async () => {
    crm = await subscribe(store(), { url: `${subscriber().url}/hook` });
  });

  test('an event is delivered once, signed, and closed', async () => {
    await start();
    await accept({});
    await becomes('processed');
    expect(subscriber().received).toHaveLength(1);
    const [{ headers, body, path }] = subscriber().received as [ReceivedWebhook];
    expect(path).toBe('/hook');
    const verified = new Webhook(crm.secret).verify(body, headers as Record<string, string>);
    expect(verified).toEqual({
      type: 'odoo.res_partner.updated',
      timestamp: '2026-11-24T02:00:00.000Z',
      data: {
        key: '17',
        source: 'main',
        model: 'res.partner',
        record_id: 16,
        operation: 'write',
        occurred_at: '2026-11-24T02:00:00.000Z',
        priority: 'medium',
        changed_fields: null,
        user: { id: 2, name: 'Administrator' },
        payload: { name: 'A' },
      },
    });
    expect(await deliveriesOf()).toMatchObject([
      { state: 'sent', attempts: [{ status: 200, errorClass: null, response: 'status 200' }] },
    ]);
    expect((await readTotals(store().db)).of('delivered')).toBe(1);
    // The whole way costs one workflow task.
    expect(await run().result()).toBe('processed');
    const { events } = await run().fetchHistory();
    expect(events!.filter((event) => event.workflowTaskCompletedEventAttributes).length).toBe(1);
  }, 60_000);

  test('an event goes to all who want it, and to nobody else', async () => {
    await subscribe(store(), { name: 'all-of-sales', url: subscriber().url, filter: { models: ['sale.*'] } });
    await subscribe(store(), { name: 'deletes', url: subscriber().url, filter: { operations: ['unlink'] } });
    await start();
    await accept({ eventId: '1', model: 'sale.order', recordId: 1 }, { eventId: '2', recordId: 2 });
    await becomes('processed', '1');
    await becomes('processed', '2');
    expect((await deliveriesOf('1')).map((one) => one.subscription)).toEqual(['crm', 'all-of-sales']);
    expect((await deliveriesOf('2')).map((one) => one.subscription)).toEqual(['crm']);
    expect(subscriber().received).toHaveLength(3);
  }, 60_000);

  test('a subscriber that fails for a while gets it later, under the same id, with no event added to the history', async () => {
    answered(500, 503, 429, 200);
    await start();
    await accept({});
    await becomes('processed');
    expect(new Set(subscriber().received.map(({ id }) => id)).size).toBe(1);
    const [delivery] = await deliveriesOf();
    expect(delivery).toMatchObject({ state: 'sent' });
    expect(delivery!.attempts.map(({ status, errorClass }) => [status, errorClass])).toEqual([
      [500, 'server-error'],
      [503, 'server-error'],
      [429, 'rate-limited'],
      [200, null],
    ]);
    const { events } = await run().fetchHistory();
    expect(events!.filter((event) => event.activityTaskScheduledEventAttributes).length).toBe(1);
    expect(events!.length).toBeLessThan(20);
  }, 60_000);

  test('while it waits for its next try the event is delivering, and its record is free', async () => {
    subscriber().behave(({ body }) => ({ status: body.includes('"key":"1"') ? 500 : 200 }));
    await start({ JISR_DELIVERY_SCHEDULE: '0,60' });
    await accept({ eventId: '1' }, { eventId: '2', occurredAtMs: Date.UTC(2026, 10, 24, 3) });
    await becomes('processed', '2');
    expect((await readEvent(store().db, '1'))?.status).toBe('delivering');
    const [delivery] = await deliveriesOf('1');
    const inMs = delivery!.nextAttemptAtMs! - Date.now();
    expect(inMs).toBeGreaterThan(30_000);
    expect(inMs).toBeLessThanOrEqual(72_000);
  }, 60_000);

  test.each([
    [404, 'rejected'],
    [302, 'redirected'],
    [401, 'rejected'],
  ])(
    '%s is refused for good: a dead letter after one attempt',
    async (status, code) => {
      const elsewhere = await startSubscriber();
      subscriber().behave(() => ({ status, headers: { location: elsewhere.url } }));
      await start();
      await accept({});
      await becomes('dead_letter');
      expect(subscriber().received).toHaveLength(1);
      expect(elsewhere.received).toEqual([]);
      expect(await deliveriesOf()).toMatchObject([
        { state: 'dead', attempts: [{ status, errorClass: code }] },
      ]);
      await elsewhere.close();
    },
    60_000,
  );

  test('Retry-After is honoured where it is longer than the schedule', async () => {
    let first = true;
    subscriber().behave(() => {
      const reply = first ? { status: 429, headers: { 'retry-after': '2' } } : { status: 200 };
      first = false;
      return reply;
    });
    await start();
    await accept({});
    await becomes('processed');
    const [one, two] = subscriber().received;
    expect(two!.atMs - one!.atMs).toBeGreaterThanOrEqual(1_900);
  }, 60_000);

  test('a subscriber that hangs holds up only its own delivery, and is not tried first for a while', async () => {
    const healthy = await startSubscriber();
    await subscribe(store(), { name: 'erp', url: healthy.url });
    subscriber().behave(() => 'hang');
    await start({ JISR_DELIVERY_SCHEDULE: '0,60' });
    await accept({});
    await eventually(() => {
      expect(healthy.received).toHaveLength(1);
    });
    await becomes('delivering');
    const [delivery] = await deliveriesOf();
    expect(delivery!.attempts).toMatchObject([{ status: null, errorClass: 'timeout' }]);
    expect(delivery!.attempts[0]!.durationMs).toBeLessThan(2_500);
    // Cut off: the next event is put off to the queue of deliveries, and takes no place meanwhile.
    await accept({ eventId: '18', recordId: 18 });
    await eventually(async () => {
      expect(healthy.received).toHaveLength(2);
      const { raw } = await run('18').describe();
      expect(raw.pendingActivities).toHaveLength(1);
    });
    await becomes('delivering', '18');
    expect((await deliveriesOf('18')).find(({ state }) => state === 'waiting')?.attempts).toEqual([]);
    await healthy.close();
  }, 60_000);

  test('a deleted subscription gets nothing more, and its event is closed', async () => {
    subscriber().behave(() => ({ status: 500 }));
    await start({ JISR_DELIVERY_SCHEDULE: '0,0.5,0.5' });
    await accept({});
    await becomes('delivering');
    await setSubscriptionStatus(store().db, crm.id, 'deleted', null);
    await becomes('processed');
    expect((await deliveriesOf())[0]!.state).toBe('discarded');
  }, 60_000);

  test('a private address is refused without a connection', async () => {
    await start({ JISR_DELIVERY_SCHEDULE: '0,0.2', JISR_WEBHOOK_ALLOW_CIDR: '' });
    await accept({});
    await becomes('dead_letter');
    expect(subscriber().received).toEqual([]);
    expect((await deliveriesOf())[0]!.attempts).toMatchObject([
      { status: null, errorClass: 'address-refused' },
    ]);
  }, 60_000);
});
