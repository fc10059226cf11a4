// What Jisr did by itself, and how the attempts of a subscription go, over HTTP.
import { sql } from 'drizzle-orm';
import { writeCircuits } from '../../src/store/circuits';
import { insertNotice } from '../../src/store/notices';
import { describeOnBothEngines, type TestStore } from '../support/stores';
import { subscribe } from '../support/subscriptions';
import { startApi, type RunningApi } from './running-api';

describeOnBothEngines('notices and circuits', (open) => {
  let store: TestStore;
  let api: RunningApi;
  beforeAll(async () => {
    store = await open();
    api = await startApi({ store });
  }, 60_000);
  beforeEach(() => store.empty());
  afterAll(async () => {
    await api.close();
    await store.close();
  });

  test('the newest notice comes first, and a page goes on where the one before it ended', async () => {
    for (const subject of ['a', 'b', 'c'])
      await insertNotice(store.db, { kind: 'subscription-disabled', subject, message: 'resume it' });
    const { body } = await api.get('/api/v1/notices?limit=2');
    expect(body).toMatchObject({
      notices: [
        {
          kind: 'subscription-disabled',
          subject: 'c',
          message: 'resume it',
          at: expect.any(String) as unknown,
        },
        { subject: 'b' },
      ],
    });
    const { next } = body as { next: string };
    expect((await api.get(`/api/v1/notices?limit=2&cursor=${next}`)).body).toMatchObject({
      notices: [{ subject: 'a' }],
      next: null,
    });
  });

  test('a subscription shows how its attempts go', async () => {
    const { id } = await subscribe(store, { url: 'https://crm.test/hook' });
    const shown = async () => (await api.get(`/api/v1/subscriptions/${id}`)).body;
    const well = { failures: 0, failing_since: null, circuit: 'closed', circuit_open_until: null };
    expect(await shown()).toMatchObject(well);
    const failed = { subscriptionId: id, closes: false, failures: 10, probeFailed: false };
    await writeCircuits(store.db, [failed], 10);
    const open = { failures: 10, circuit: 'open', circuit_open_until: expect.any(String) as unknown };
    expect(await shown()).toMatchObject({ ...open, failing_since: expect.any(String) as unknown });
    expect((await api.get('/api/v1/subscriptions')).body).toMatchObject({ subscriptions: [open] });
    await store.db.execute(sql`update circuits set open_until = now()`);
    expect(await shown()).toMatchObject({ circuit: 'probing' });
  });
});
