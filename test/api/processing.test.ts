// The pause of all processing: it lies in the store, Temporal is only told.
import { readProcessingSettings } from '../../src/store/settings';
import { describeOnBothEngines, type TestStore } from '../support/stores';
import { AWAY } from './fake-control';
import { startApi, type RunningApi } from './running-api';

describeOnBothEngines('processing', (open) => {
  let store: TestStore;
  let api: RunningApi;

  beforeAll(async () => {
    store = await open();
  }, 60_000);
  beforeEach(async () => {
    await store.empty();
    api = await startApi({ store });
  });
  afterEach(() => api.close());
  afterAll(() => store.close());

  test('a pause is stored and told, and answers what holds now', async () => {
    const answer = await api.post('/api/v1/processing/pause', { reason: 'migration' });
    expect(answer).toMatchObject({ status: 200, body: { state: 'paused', reason: 'migration' } });
    expect(await readProcessingSettings(store.db)).toEqual({ paused: true, reason: 'migration' });
    expect(api.control.asked).toEqual(['wake dispatcher']);
  });

  test('a pause holds, and answers 202, while Temporal is away; so does its end', async () => {
    api.control.fail(AWAY);
    const paused = await api.post('/api/v1/processing/pause');
    expect(paused).toMatchObject({ status: 202, body: { state: 'paused', reason: null } });
    expect(await readProcessingSettings(store.db)).toEqual({ paused: true, reason: null });
    const resumed = await api.post('/api/v1/processing/resume');
    expect(resumed).toMatchObject({ status: 202, body: { state: 'running', reason: null } });
    expect(await readProcessingSettings(store.db)).toEqual({ paused: false, reason: null });
  });

  test('pausing or resuming twice is the same as once', async () => {
    for (const verb of ['pause', 'pause', 'resume', 'resume']) {
      expect((await api.post(`/api/v1/processing/${verb}`)).status).toBe(200);
    }
    expect(await readProcessingSettings(store.db)).toEqual({ paused: false, reason: null });
  });

  test('a misspelt reason is refused and pauses nothing', async () => {
    expect((await api.post('/api/v1/processing/pause', { raeson: 'x' })).status).toBe(400);
    expect((await readProcessingSettings(store.db)).paused).toBe(false);
    expect(api.control.asked).toEqual([]);
  });
});
