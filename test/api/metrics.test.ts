// What Prometheus is told of the bridge: who may ask, that it is true, and that no caller makes a label.
import { randomUUID } from 'node:crypto';
import { createMetrics } from '../../src/metrics';
import { createIntake } from '../../src/intake/accept';
import { measuredIntake } from '../../src/roles/measured-ports';
import { noteSuccess } from '../../src/store/source-health';
import { writeCircuits } from '../../src/store/circuits';
import { writeProcessingSettings } from '../../src/store/settings';
import { anArrival, aSource } from '../support/builders';
import { parseExposition } from '../support/exposition';
import { describeOnBothEngines, type TestStore } from '../support/stores';
import { subscribe } from '../support/subscriptions';
import { AWAY } from './fake-control';
import { METRICS_KEY, startApi, type RunningApi } from './running-api';

describeOnBothEngines('metrics', (open, engine) => {
  let store: TestStore;
  let api: RunningApi;
  let metrics: ReturnType<typeof createMetrics>;

  beforeAll(async () => {
    store = await open();
  }, 60_000);
  beforeEach(async () => {
    await store.empty();
    metrics = createMetrics({ version: '1.2.3', role: 'api' });
    const intake = measuredIntake(createIntake(store.db), metrics);
    api = await startApi({ store, metrics, intake });
  });
  afterEach(() => api.close());
  afterAll(() => store.close());

  const ask = (path: string, headers: Record<string, string>) => fetch(api.url + path, { headers });
  const scrape = async () => {
    const answer = await ask('/metrics', { authorization: `Bearer ${METRICS_KEY}` });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    return parseExposition(await answer.text());
  };

  test('without a key nothing is told', async () => {
    expect((await ask('/metrics', {})).status).toBe(401);
    expect((await ask('/metrics', { authorization: 'Bearer another' })).status).toBe(401);
  });

  test('the admin key opens it, as a header too', async () => {
    expect((await ask('/metrics', { 'x-api-key': 'the-admin-key' })).status).toBe(200);
  });

  test('the metrics key opens nothing else', async () => {
    expect((await ask('/api/v1/stats', { authorization: `Bearer ${METRICS_KEY}` })).status).toBe(401);
  });

  test('what was accepted before this process began is counted: by source, channel and state', async () => {
    await createIntake(store.db).accept(aSource(), 'pull', [anArrival({ recordId: 1 })], null);
    await createIntake(store.db).accept(aSource(), 'pull', [anArrival({ recordId: 1 })], null);
    const { valueOf } = await scrape();
    expect(valueOf('jisr_events', { source: 'main', state: 'pending' })).toBe(1);
    expect(valueOf('jisr_events_accepted_total', { source: 'main' })).toBe(1);
    expect(valueOf('jisr_duplicates_total', { source: 'main' })).toBe(1);
    expect(valueOf('jisr_copies_total', { source: 'main', channel: 'pull' })).toBe(2);
    expect(valueOf('jisr_copies_total', { source: 'main', channel: 'push' })).toBe(0);
    expect(valueOf('jisr_store_info', { engine })).toBe(1);
  });

  test('what this process takes in is counted by what it was, with its age', async () => {
    const intake = measuredIntake(createIntake(store.db), metrics);
    const old = anArrival({ occurredAtMs: Date.now() - 3_600_000 });
    await intake.accept(aSource(), 'pull', [old, old], null);
    const { valueOf } = await scrape();
    const labels = { source: 'main', channel: 'pull' };
    expect(valueOf('jisr_intake_copies_total', { ...labels, result: 'new' })).toBe(1);
    expect(valueOf('jisr_intake_copies_total', { ...labels, result: 'duplicate' })).toBe(1);
    expect(valueOf('jisr_intake_lag_seconds_count', labels)).toBe(1);
    expect(valueOf('jisr_intake_lag_seconds_bucket', { ...labels, le: '1800' })).toBe(0);
    expect(valueOf('jisr_intake_lag_seconds_bucket', { ...labels, le: '7200' })).toBe(1);
  });

  test('a source has its last success, its interval and the cursor of its workflow', async () => {
    await noteSuccess(store.db, 'main');
    api.control.set('main', { cursor: 4_711 });
    const { valueOf } = await scrape();
    const labels = { source: 'main' };
    expect(valueOf('jisr_source_cursor', labels)).toBe(4_711);
    expect(valueOf('jisr_source_pull_interval_seconds', labels)).toBe(30);
    const success = valueOf('jisr_source_last_success_timestamp_seconds', labels) ?? 0;
    expect(Math.abs(success - Date.now() / 1_000)).toBeLessThan(60);
    expect(valueOf('jisr_source_failing', labels)).toBe(0);
  });

  test('while Temporal is away the cursor is left out, the rest is told, and it is not ready', async () => {
    api.control.fail(AWAY);
    const { valueOf } = await scrape();
    expect(valueOf('jisr_source_cursor')).toBeUndefined();
    expect(valueOf('jisr_store_up')).toBe(1);
    expect(valueOf('jisr_ready')).toBe(0);
    expect(valueOf('jisr_ready_check', { check: 'temporal' })).toBe(0);
    expect(valueOf('jisr_ready_check', { check: 'store' })).toBe(1);
  });

  test('an open circuit and a pause are seen, and are gone when they are over', async () => {
    const { id } = await subscribe(store, { name: 'crm', url: 'https://crm.example.com' });
    const failed = { subscriptionId: id, failures: 3, closes: false, probeFailed: false };
    await writeCircuits(store.db, [failed], 2);
    await writeProcessingSettings(store.db, { paused: true, reason: null });
    const during = await scrape();
    expect(during.valueOf('jisr_circuit_open', { subscription: 'crm' })).toBe(1);
    expect(during.valueOf('jisr_circuit_failures', { subscription: 'crm' })).toBe(3);
    expect(during.valueOf('jisr_circuits_open')).toBe(1);
    expect(during.valueOf('jisr_processing_paused')).toBe(1);
    await writeCircuits(store.db, [{ ...failed, failures: 0, closes: true }], 2);
    await writeProcessingSettings(store.db, { paused: false, reason: null });
    const after = await scrape();
    expect(after.valueOf('jisr_circuit_open', { subscription: 'crm' })).toBe(0);
    expect(after.valueOf('jisr_circuits_open')).toBe(0);
    expect(after.valueOf('jisr_processing_paused')).toBe(0);
  });

  test('requests are counted by the template of their route; no path and no key becomes a label', async () => {
    const secret = randomUUID();
    await api.get(`/api/v1/events/${secret}`);
    await api.get(`/${secret}`);
    await ask(`/api/v1/events/${secret}`, {});
    await api.call('HEAD', '/api/v1/webhooks/receive/shop');
    const { valueOf, samples } = await scrape();
    const name = 'jisr_http_request_duration_seconds_count';
    expect(valueOf(name, { route: '/api/v1/events/:key', method: 'GET', status: '404' })).toBe(1);
    expect(valueOf(name, { route: 'none', method: 'GET', status: '404' })).toBe(1);
    expect(valueOf(name, { route: 'none', method: 'GET', status: '401' })).toBe(1);
    expect(valueOf(name, { route: '/api/v1/webhooks/receive/:source', method: 'HEAD' })).toBe(1);
    expect(JSON.stringify(samples)).not.toContain(secret);
  });

  test('a store that hangs is told as down within seconds, with the numbers of the process', async () => {
    const hanging = new Proxy(store.db, { get: () => () => new Promise(() => undefined) });
    const other = await startApi({
      store: { ...store, db: hanging, ping: () => new Promise(() => undefined) },
      metrics,
    });
    const answer = await fetch(`${other.url}/metrics`, {
      headers: { authorization: `Bearer ${METRICS_KEY}` },
    });
    const { valueOf } = parseExposition(await answer.text());
    expect(valueOf('jisr_store_up')).toBe(0);
    expect(valueOf('jisr_ready')).toBe(0);
    expect(valueOf('jisr_build_info', { version: '1.2.3', role: 'api' })).toBe(1);
    expect(valueOf('temporal_long_request_total')).toBe(0);
    await other.close();
  }, 30_000);
});
