// One folder, one process.
import { jisrProcess } from '../support/jisr-process';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const start = join(__dirname, '../../dist/start.js');

test('a second process on one data folder says who holds it, and exits 2', async () => {
  const jisr = await jisrProcess({});
  await jisr.start();
  const env = { PATH: process.env['PATH'] ?? '', JISR_DATA_DIR: jisr.dataDir, PORT: '0' };
  const second = spawnSync(process.execPath, [start], { env, encoding: 'utf8' });
  expect(second.status).toBe(2);
  expect(second.stderr).toMatch(/is in use by process \d+: stop that process/);
  expect(await jisr.stop()).toBe(0);
  jisr.remove();
}, 60_000);

test('ODOO_URL without a key exits 2 and names the variable', () => {
  const env = { PATH: process.env['PATH'] ?? '', ODOO_URL: 'http://127.0.0.1:1' };
  const ended = spawnSync(process.execPath, [start], { env, encoding: 'utf8' });
  expect(ended.status).toBe(2);
  expect(ended.stderr).toMatch(/ODOO_API_KEY/);
});

test.each(['worker.js', 'api/server.js'])(
  '%s apart tells all that it lacks at once, and exits 2',
  (script) => {
    const env = { PATH: process.env['PATH'] ?? '', JISR_ADMIN_KEY: 'k' };
    const ended = spawnSync(process.execPath, [join(__dirname, '../../dist', script)], {
      env,
      encoding: 'utf8',
    });
    expect(ended.status).toBe(2);
    expect(ended.stderr).toMatch(/DATABASE_URL[^]*TEMPORAL_ADDRESS[^]*JISR_SECRET_KEY/);
  },
);
