// A bridge as docker-compose.yml runs it, api and worker apart on PostgreSQL, with everything watched: a key for
// /metrics, a collector of traces, a subscriber that takes all and one that fails. Everything happens once.
import { startSubscriber, type Subscriber } from '../../src/demo/subscriber';
import { startSimulator } from '../../src/simulator/simulator';
import type { Simulator } from '../../src/simulator/simulator-types';
import { freePorts } from '../../src/temporal/free-ports';
import type { TemporalSession } from '../../src/temporal/session';
import { eventually, openTestSession } from '../support/bridge';
import { jisrProcess, type JisrProcess } from '../support/jisr-process';
import { startOtlpReceiver, type OtlpReceiver } from '../support/otlp-receiver';
import { createTestDatabase } from '../support/stores';

export const METRICS_KEY = 'a-key-for-metrics-alone';
export const PUSH_KEY = 'a-key-for-pushes';
/** Of the database of events. */
export const SECRETS = ['test-admin-key', METRICS_KEY, PUSH_KEY, 'lab-key', 'test-secret-key-0123456789'];

export interface Scene {
  readonly odoo: Simulator;
  readonly collector: OtlpReceiver;
  readonly crm: Subscriber;
  readonly api: JisrProcess;
  readonly worker: JisrProcess;
  readonly session: TemporalSession;
  /** host:port of /metrics. */
  readonly targets: { readonly 'jisr-api': string; readonly 'jisr-worker': string };
  close(): Promise<void>;
}

export async function playScene(): Promise<Scene> {
  const closing: (() => unknown)[] = [];
  const close = async () => {
    for (const step of closing.splice(0).reverse()) await step();
  };
  try {
    const database = await createTestDatabase();
    closing.push(() => database.drop());
    const session = await openTestSession();
    closing.push(() => session.close());
    const odoo = await startSimulator();
    closing.push(() => odoo.close());
    const crm = await startSubscriber();
    closing.push(() => crm.close());
    const broken = await startSubscriber();
    broken.behave(() => ({ status: 500 }));
    closing.push(() => broken.close());
    const collector = await startOtlpReceiver();
    closing.push(() => collector.close());
    const [metricsPort = 0] = await freePorts(1);
    const env = {
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: process.env['JISR_TEST_TEMPORAL'] ?? '',
      TEMPORAL_NAMESPACE: session.namespace,
      JISR_SECRET_KEY: 'test-secret-key-0123456789',
      JISR_METRICS_KEY: METRICS_KEY,
      JISR_WEBHOOK_ALLOW_CIDR: '127.0.0.0/8',
      JISR_CIRCUIT_FAILURES: '2',
      JISR_DELIVERY_SCHEDULE: '0,1,3600',
      JISR_PROCESSING: 'auto',
      ODOO_URL: odoo.url,
      ODOO_API_KEY: 'lab-key',
      ODOO_PULL_INTERVAL_MS: '300',
      ODOO_PUSH_API_KEY: PUSH_KEY,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=a%20tenant',
      OTEL_BSP_SCHEDULE_DELAY: '200',
      LOG_LEVEL: 'info',
    };
    const role = async (script: string, over: Record<string, string>) => {
      const jisr = await jisrProcess({ ...env, ...over }, script);
      closing.push(async () => {
        await jisr.stop();
        jisr.remove();
      });
      await jisr.start();
      return jisr;
    };
    const api = await role('api/server.js', {});
    const worker = await role('worker.js', { JISR_METRICS_PORT: String(metricsPort) });
    const scene = {
      session,
      odoo,
      collector,
      crm,
      api,
      worker,
      targets: { 'jisr-api': new URL(api.url()).host, 'jisr-worker': `127.0.0.1:${metricsPort}` },
      close,
    };
    await play(scene, broken);
    // A call that fails: there is no run to signal, until somebody looks for it and starts it again.
    await session.client.workflow.getHandle('odoo-pull').terminate('a test');
    await expect(api.post('/api/v1/sources/main/pull')).rejects.toThrow('503');
    return scene;
  } catch (error) {
    await close();
    throw error;
  }
}

async function play({ odoo, api, crm }: Scene, broken: Subscriber): Promise<void> {
  const subscribe = (name: string, url: string, models: readonly string[]) =>
    api.post('/api/v1/subscriptions', { name, url, filter: { models } });
  await subscribe('crm', crm.url, ['*']);
  await subscribe('broken', broken.url, ['sale.order']);
  odoo.changeMany(10, { model: 'res.partner', priority: 'low' });
  await eventually(async () => {
    expect(await api.get('/api/v1/stats')).toMatchObject({ events: { processed: 10 } });
  }, 60_000);
  odoo.faults.arm({ kind: 'server-error', body: 'json', endpoints: ['pull'], times: 1 });
  const credentials = { kind: 'bearer', token: PUSH_KEY } as const;
  odoo.setPush({ url: `${api.url()}/api/v1/webhooks/receive`, credentials });
  odoo.change({ model: 'res.partner', priority: 'high' });
  odoo.changeMany(3, { model: 'sale.order', priority: 'high' });
  await eventually(async () => {
    expect(await api.get('/api/v1/stats')).toMatchObject({ events: { processed: 11, delivering: 3 } });
    expect(odoo.faults.armed).toEqual([]);
  }, 60_000);
}
