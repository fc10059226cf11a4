// /metrics of a worker that runs apart.
import { Secret } from '../../src/config';
import { startMetricsServer, type MetricsServer } from '../../src/roles/metrics-server';
import { quietTelemetry } from '../../src/roles/telemetry';
import { parseExposition } from '../support/exposition';

let server: MetricsServer;

beforeAll(async () => {
  const telemetry = { ...quietTelemetry(), sdkMetrics: () => Promise.resolve('temporal_num_pollers 2\n') };
  server = await startMetricsServer({ host: '127.0.0.1', port: 0 }, new Secret('the key'), telemetry);
});
afterAll(() => server.stop());

const ask = (headers: Record<string, string>, url = server.url) => fetch(url, { headers });

test('with the key it tells what the process and the SDK measure', async () => {
  const answer = await ask({ authorization: 'Bearer the key' });
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const { valueOf } = parseExposition(await answer.text());
  expect(valueOf('jisr_build_info', { role: 'all' })).toBe(1);
  expect(valueOf('temporal_num_pollers')).toBe(2);
});

test('without the key, or with another one, it tells nothing', async () => {
  for (const headers of [{}, { authorization: 'Bearer the keys' }, { 'x-api-key': '' }]) {
    const answer = await ask(headers);
    expect(answer.status).toBe(401);
    expect(await answer.text()).not.toContain('jisr_');
  }
});

test('it has nothing else', async () => {
  const other = server.url.replace('/metrics', '/api/v1/stats');
  expect((await ask({ authorization: 'Bearer the key' }, other)).status).toBe(404);
});
