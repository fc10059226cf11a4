// Without an endpoint nothing of OpenTelemetry's SDK is loaded.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const loaded = (start: string) => {
  const script = `
    ${start}
    const found = Object.keys(require.cache).filter((path) => /@opentelemetry.(?!api.)/.test(path));
    console.log(JSON.stringify(found.length));
    process.exit();`;
  const env = { PATH: process.env['PATH'] ?? '' };
  const said = execFileSync(process.execPath, ['-e', `(async () => { ${script} })()`], {
    cwd: join(__dirname, '../../dist'),
    env,
  });
  return JSON.parse(said.toString()) as number;
};
const CONFIG = `const { loadConfig } = require('./config.js');
  const { startTelemetry } = require('./roles/telemetry.js');
  require('./roles/worker-role.js'); require('./roles/api-role.js');
  const log = { child: () => log };`;

test('without OTEL_EXPORTER_OTLP_ENDPOINT its SDK is not loaded', () => {
  expect(loaded(`${CONFIG} await startTelemetry(loadConfig({}, '/nonexistent'), log, 'all');`)).toBe(0);
});

test('with it the SDK is', () => {
  const env = `{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }`;
  const start = `${CONFIG} await startTelemetry(loadConfig(${env}, '/nonexistent'), log, 'all');`;
  expect(loaded(start)).toBeGreaterThan(0);
});
