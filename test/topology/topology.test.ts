// The topology of docker-compose.yml, on a real Temporal server with PostgreSQL below it: nothing is lost and
// nothing doubled, whoever is killed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { createBridgeClient } from '../../src/demo/bridge-client';
import { judge } from '../../src/demo/verdict';
import { ROOT } from '../deploy/compose-file';
import { eventually } from '../support/bridge';
import { ADMIN_KEY, startTopology, whatIsMissing, type Topology } from './topology';

const CHANGES = 500;
const AWAY_MS = 10_000;

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const missing = whatIsMissing();
if (missing !== null) say(`\n*** SKIPPED: the topology of docker-compose.yml. ${missing}. ***\n`);

(missing === null ? describe : describe.skip)('the topology of docker-compose.yml', () => {
  let topology: Topology;
  let running = false;
  beforeAll(async () => {
    topology = await startTopology(say);
    running = true;
  }, 1_200_000);
  afterAll(async () => {
    if (running) await topology.close();
  }, 120_000);

  const processed = async () =>
    ((await topology.api.get('/api/v1/stats')) as { events: Record<string, number> }).events['processed'] ??
    0;
  const ready = async () => (await fetch(`${topology.api.url()}/readyz`)).status;
  /** Every change so far is one event, processed and acknowledged. */
  const expectAllDone = async (changes: number) => {
    const { api, odoo } = topology;
    await eventually(async () => {
      const { events } = (await api.get('/api/v1/stats')) as { events: Record<string, number> };
      expect(events).toMatchObject({ processed: changes, pending: 0, processing: 0 });
      expect(odoo.ledger.unmarked()).toEqual([]);
    }, 120_000);
    const { findings, events } = judge({
      entries: odoo.ledger.entries(),
      payloadOf: (serial) => odoo.ledger.payloadOf(serial),
      strayMarks: odoo.ledger.strayMarks().length,
      events: await createBridgeClient(api.url(), ADMIN_KEY).events(),
      taken: null,
    });
    expect(findings).toEqual([]);
    expect(events).toBe(changes);
  };

  test('the server knows every setting of dynamicconfig.yaml, and its type', async () => {
    const file = join(ROOT, 'deploy/temporal/dynamicconfig.yaml');
    const said = await topology.native.run(
      ['temporal-server', 'validate-dynamic-config', file],
      topology.native.environment('temporal'),
    );
    expect(said.trim().split('\n')).toEqual([file]);
  });

  test('what runs once per start may run again', async () => {
    const { native } = topology;
    for (const service of ['temporal-schema', 'temporal-namespace'])
      await native.run(native.command(service), native.environment(service));
  }, 60_000);

  test('the probe of the api finds it alive, and nobody where none is', async () => {
    const { native, api } = topology;
    const [program = '', ...args] = native.probe('api');
    const probe = (url: string) =>
      native.run(
        [program, ...args.map((arg) => arg.replace('http://127.0.0.1:8080', url))],
        native.environment('api'),
      );
    await probe(api.url());
    await expect(probe('http://127.0.0.1:9')).rejects.toThrow('ended with 1');
  });

  test('a push with the configured key is let in, and none with another one', async () => {
    const recorded = join(ROOT, 'test/fixtures/odoo/push/25-config-test-event.json');
    const { request } = JSON.parse(readFileSync(recorded, 'utf8')) as { request: { body: object } };
    const push = (key: string) =>
      fetch(`${topology.api.url()}/api/v1/webhooks/receive`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': key },
        body: JSON.stringify(request.body),
      });
    const answer = await push(topology.native.environment('api')['ODOO_PUSH_API_KEY'] ?? '');
    expect({ status: answer.status, body: await answer.json() }).toMatchObject({
      status: 200,
      body: { success: true, test: true },
    });
    expect((await push('another')).status).toBe(401);
  });

  test(`${CHANGES} changes become ${CHANGES} events, processed and acknowledged`, async () => {
    topology.odoo.changeMany(CHANGES);
    await expectAllDone(CHANGES);
    expect(await ready()).toBe(200);
  }, 180_000);

  test('kill -9 of one worker in the middle loses nothing; the other one takes over', async () => {
    const [killed] = topology.workers;
    topology.odoo.changeMany(CHANGES);
    await eventually(async () => {
      expect(await processed()).toBeGreaterThan(CHANGES * 1.2);
    }, 60_000);
    await killed.killNode();
    expect(await processed()).toBeLessThan(CHANGES * 2);
    await expectAllDone(CHANGES * 2);
    await killed.start();
  }, 240_000);

  test('while the Temporal server is away readyz says so; once it is back all goes on', async () => {
    const { odoo, temporal } = topology;
    odoo.changeMany(CHANGES);
    await eventually(async () => {
      expect(await processed()).toBeGreaterThan(CHANGES * 2.1);
    }, 60_000);
    await temporal.stop();
    const stoppedMs = Date.now();
    expect(await processed()).toBeLessThan(CHANGES * 3);
    odoo.changeMany(50);
    await eventually(async () => {
      expect(await ready()).toBe(503);
    }, 30_000);
    await sleep(Math.max(0, stoppedMs + AWAY_MS - Date.now()));
    await temporal.start();
    await expectAllDone(CHANGES * 3 + 50);
    await eventually(async () => {
      expect(await ready()).toBe(200);
    }, 60_000);
  }, 300_000);

  test('each event is found in the visibility store by its id', async () => {
    const connection = await Connection.connect({ address: topology.temporalAddress });
    const { workflow } = new Client({ connection });
    await eventually(async () => {
      const { count } = await workflow.count(
        `WorkflowType = 'ProcessEventWorkflow' AND EventStatus = 'processed'`,
      );
      expect(count).toBe(CHANGES * 3 + 50);
    });
    for (const id of [1, CHANGES, CHANGES * 3]) {
      const found: string[] = [];
      for await (const run of workflow.list({ query: `OdooEventId = 'pull:${id}'` }))
        found.push(run.workflowId);
      expect(found).toEqual([String(id)]);
    }
    await connection.close();
  }, 60_000);

  test('asked to stop, every role ends with 0', async () => {
    running = false;
    expect(await topology.close()).toEqual([0, 0, 0]);
  }, 120_000);
});
