// The numbers of a source: what came by which channel, and what became of it.
import { createIntake } from '../../src/intake/accept';
import { anArrival, aSource } from '../support/builders';
import { describeOnBothEngines, type TestStore } from '../support/stores';
import { startApi, type RunningApi } from './running-api';

describeOnBothEngines('the counts of a source', (open) => {
  let store: TestStore;
  let api: RunningApi;
  beforeAll(async () => {
    store = await open();
    api = await startApi({ store });
  }, 60_000);
  afterAll(async () => {
    await api.close();
    await store.close();
  });

  test('are of this source alone, and in all the totals of the bridge', async () => {
    const main = aSource();
    const shop = aSource({ name: 'shop', keyPrefix: 'shop/' });
    const unreadable = { kind: 'unreadable' as const, reason: 'no model', raw: { id: 3 } };
    const intake = createIntake(store.db);
    await intake.accept(main, 'pull', [anArrival({ eventId: '1' }), unreadable], null);
    await intake.accept(main, 'push', [anArrival({ eventId: '2', recordId: 5 })], null);
    await intake.accept(main, 'pull', [anArrival({ eventId: '1' })], null);
    await intake.accept(shop, 'push', [anArrival({ eventId: '1' })], null);

    expect((await api.get('/api/v1/sources/main')).body).toMatchObject({
      counts: {
        pulled: 3,
        pushed: 1,
        accepted: 2,
        duplicates: 1,
        quarantined: 1,
        acknowledged: 0,
        refused: 0,
      },
    });
    expect((await api.get('/api/v1/sources/shop')).body).toMatchObject({
      counts: { pulled: 0, pushed: 1, accepted: 1, duplicates: 0, quarantined: 0 },
    });
    expect((await api.get('/api/v1/stats')).body).toMatchObject({
      events: { pending: 3 },
      quarantined: 1,
      duplicates: 1,
    });
  });
});
