// Jisr on a real PostgreSQL: away for a while, and with api and worker as processes of their own.
import { Client, Connection } from '@temporalio/client';
import { startSimulator } from '../../src/simulator/simulator';
import { eventually } from '../support/bridge';
import { jisrProcess } from '../support/jisr-process';
import { findPostgres, startPostgres, type Postgres } from '../support/postgres';

const bin = findPostgres();
const stats = (jisr: { get: (path: string) => Promise<unknown> }) =>
  jisr.get('/api/v1/stats') as Promise<{ events: Record<string, number> }>;

(bin === null ? describe.skip : describe)('on PostgreSQL', () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres(bin!);
  }, 60_000);
  afterAll(() => postgres.close());

  test('while the database is away nothing is acknowledged and readyz says why; then all recovers', async () => {
    const odoo = await startSimulator();
    odoo.changeMany(20);
    const jisr = await jisrProcess({
      DATABASE_URL: await postgres.createDatabase(),
      ODOO_URL: odoo.url,
      ODOO_API_KEY: 'lab-key',
      ODOO_PULL_INTERVAL_MS: '300',
    });
    await jisr.start();
    await eventually(async () => {
      expect((await stats(jisr)).events).toMatchObject({ processed: 20, pending: 0 });
    });
    await odoo.until('all marked', () => odoo.ledger.unmarked().length === 0);

    await postgres.stop();
    const { marked } = odoo.ledger.summary();
    odoo.changeMany(30);
    const connection = await Connection.connect({ address: jisr.temporalAddress() });
    const pull = new Client({ connection }).workflow.getHandle('odoo-pull');
    await eventually(async () => {
      const answer = await fetch(`${jisr.url()}/readyz`);
      const { ready, checks } = (await answer.json()) as {
        ready: boolean;
        checks: Record<string, { ok: boolean; detail?: string }>;
      };
      expect({ status: answer.status, ready, store: checks['store']?.ok }).toEqual({
        status: 503,
        ready: false,
        store: false,
      });
      expect(checks['store']?.detail).toBeTruthy();
      // Several tries have failed.
      const { raw } = await pull.describe();
      expect(raw.pendingActivities?.[0]?.attempt).toBeGreaterThanOrEqual(4);
    }, 60_000);
    await connection.close();
    expect(
      (await fetch(`${jisr.url()}/api/v1/stats`, { headers: { 'x-api-key': 'test-admin-key' } })).status,
    ).toBe(503);
    expect(odoo.ledger.summary().marked).toBe(marked);

    await postgres.start();
    await eventually(async () => {
      expect((await stats(jisr)).events).toMatchObject({ processed: 50, pending: 0, processing: 0 });
      expect(odoo.ledger.unmarked()).toEqual([]);
      expect((await fetch(`${jisr.url()}/readyz`)).status).toBe(200);
    }, 60_000);
    expect(await jisr.stop()).toBe(0);
    jisr.remove();
    await odoo.close();
  }, 240_000);

  test('api and worker apart, started at the same instant on an empty database, do the same work', async () => {
    const odoo = await startSimulator();
    odoo.changeMany(40);
    const env = {
      DATABASE_URL: await postgres.createDatabase(),
      TEMPORAL_ADDRESS: process.env['JISR_TEST_TEMPORAL']!,
      JISR_SECRET_KEY: 'test-secret-key-0123456789',
      ODOO_URL: odoo.url,
      ODOO_API_KEY: 'lab-key',
      ODOO_PULL_INTERVAL_MS: '300',
    };
    const api = await jisrProcess(env, 'api/server.js');
    const worker = await jisrProcess(env, 'worker.js');
    await Promise.all([api.start(), worker.start()]);
    await eventually(async () => {
      expect((await stats(api)).events).toMatchObject({ processed: 40 });
      expect(odoo.ledger.unmarked()).toEqual([]);
    }, 60_000);
    expect(await Promise.all([api.stop(), worker.stop()])).toEqual([0, 0]);
    api.remove();
    worker.remove();
    await odoo.close();
  }, 120_000);
});
