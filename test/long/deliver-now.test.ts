// What a person asks of deliveries by the API happens at once, on a real Temporal server with a real subscriber.
import { Webhook } from 'standardwebhooks';
import { createEventRuns } from '../../src/control/event-runs';
import { createDispatchBell } from '../../src/control/dispatch-bell';
import { startSubscriber } from '../../src/demo/subscriber';
import { startApi, type RunningApi } from '../api/running-api';
import { eventually } from '../support/bridge';
import { setStage } from '../support/stage';
import { describeOnBothEngines } from '../support/stores';
import { subscribe, type TestSubscription } from '../support/subscriptions';

describeOnBothEngines('deliveries that a person asks for', (openStore) => {
  /** Nothing that is tried a second time within a test is tried by itself. */
  const stage = setStage(openStore, { JISR_DELIVERY_SCHEDULE: '0,3600,3600' });
  const { store, session, subscriber, start, accept, becomes, parks, deliveriesOf } = stage;
  let api: RunningApi;
  let crm: TestSubscription;
  beforeEach(async () => {
    const { client } = session();
    const [runs, bell] = [createEventRuns(client), createDispatchBell(client)];
    api = await startApi({ store: store(), runs, bell });
    crm = await subscribe(store(), { url: subscriber().url });
  });
  afterEach(() => api.close());

  const retry = async () => {
    const [delivery] = await deliveriesOf();
    expect((await api.post(`/api/v1/deliveries/${delivery!.id}/retry`)).status).toBe(202);
  };
  const arrive = (times: number) =>
    eventually(() => {
      expect(subscriber().received).toHaveLength(times);
    });

  test('one delivery retried three times arrives three times more, and nobody else gets anything', async () => {
    const other = await startSubscriber();
    await subscribe(store(), { name: 'erp', url: other.url });
    await start();
    await accept({});
    for (const times of [1, 2, 3]) {
      // At once: the attempt before it may not be written down yet.
      await arrive(times);
      await retry();
    }
    await arrive(4);
    await becomes('processed');
    expect(subscriber().received).toHaveLength(4);
    expect(other.received).toHaveLength(1);
    expect(new Set(subscriber().received.map(({ id }) => id)).size).toBe(1);
    expect(await deliveriesOf()).toMatchObject([
      { state: 'sent', attempts: [{}, {}, {}, {}] },
      { state: 'sent', attempts: [{}] },
    ]);
    await other.close();
  }, 60_000);

  test('one that waits, and one that is dead, are made at once; the other dead one stays dead', async () => {
    const other = await startSubscriber();
    other.behave(() => ({ status: 404 }));
    await subscribe(store(), { name: 'erp', url: other.url });
    stage.answered(500, 404, 200);
    await start();
    await accept({});
    await parks();
    await eventually(async () => {
      expect((await deliveriesOf()).map(({ state }) => state)).toEqual(['waiting', 'dead']);
    });
    await retry();
    await eventually(async () => {
      expect((await deliveriesOf()).map(({ state }) => state)).toEqual(['dead', 'dead']);
    });
    await parks();
    await retry();
    await eventually(async () => {
      expect((await deliveriesOf()).map(({ state }) => state)).toEqual(['sent', 'dead']);
    });
    expect(subscriber().received).toHaveLength(3);
    expect(other.received).toHaveLength(1);
    await becomes('dead_letter');
    expect((await api.post('/api/v1/events/17/discard')).status).toBe(202);
    await becomes('discarded');
    await other.close();
  }, 60_000);

  test('what waits goes out when its subscription is resumed, signed by both secrets after a rotation', async () => {
    stage.answered(500);
    await start();
    await accept({});
    await becomes('delivering');
    const path = `/api/v1/subscriptions/${crm.id}`;
    const { secret: newest } = (await api.post(`${path}/rotate-secret`)).body as { secret: string };
    await api.post(`${path}/resume`);
    await becomes('processed');
    const { body, headers } = subscriber().received[1]!;
    expect(String(headers['webhook-signature']).split(' ')).toHaveLength(2);
    for (const secret of [crm.secret, newest])
      expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toMatchObject({
        type: 'odoo.res_partner.updated',
      });
  }, 60_000);

  test('a try that is under way when its subscription is resumed counts, and is not made twice', async () => {
    subscriber().behave(() => ({ status: 200, afterMs: 1_000 }));
    await start();
    await accept({});
    await arrive(1);
    await api.post(`/api/v1/subscriptions/${crm.id}/resume`);
    await becomes('processed');
    expect(await deliveriesOf()).toMatchObject([{ state: 'sent', attempts: [{ status: 200 }] }]);
    expect(subscriber().received).toHaveLength(1);
  }, 60_000);

  test('a later try that is under way counts too, and is not made twice', async () => {
    let asked = 0;
    subscriber().behave(() => (asked++ === 0 ? { status: 500 } : { status: 200, afterMs: 2_000 }));
    await start();
    await accept({});
    await becomes('delivering');
    await api.post(`/api/v1/subscriptions/${crm.id}/resume`);
    await arrive(2);
    await api.post(`/api/v1/subscriptions/${crm.id}/resume`);
    await becomes('processed');
    expect(await deliveriesOf()).toMatchObject([
      { state: 'sent', attempts: [{ status: 500 }, { status: 200 }] },
    ]);
    expect(subscriber().received).toHaveLength(2);
  }, 60_000);

  test('what waits for a subscription that is deleted is discarded at once, and its event closes', async () => {
    stage.answered(500);
    await start();
    await accept({});
    await becomes('delivering');
    expect((await api.call('DELETE', `/api/v1/subscriptions/${crm.id}`)).status).toBe(204);
    await becomes('processed');
    expect(await deliveriesOf()).toMatchObject([{ state: 'discarded' }]);
    expect(subscriber().received).toHaveLength(1);
  }, 60_000);
});
