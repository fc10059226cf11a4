// kill -9 in the middle of the work: afterwards every change is exactly one event, processed and acknowledged.
import { Client, Connection } from '@temporalio/client';
import { createBridgeClient } from '../../src/demo/bridge-client';
import { judge } from '../../src/demo/verdict';
import { startSimulator } from '../../src/simulator/simulator';
import type { Simulator } from '../../src/simulator/simulator-types';
import { eventually } from '../support/bridge';
import { isAlive, jisrProcess, type JisrProcess } from '../support/jisr-process';

interface Stats {
  readonly events: Record<string, number>;
}

describe.each([
  ['of the whole process, its Temporal server included', 'killAll', 'individually', 1500],
  ['of Node alone, which orphans its Temporal server', 'killNode', 'individually', 1200],
  ['of the whole process, in the middle of batches', 'killAll', 'in_batches', 6000],
] as const)('kill -9 %s', (_, how, processing, changes) => {
  let odoo: Simulator;
  let jisr: JisrProcess;

  beforeAll(async () => {
    odoo = await startSimulator();
    jisr = await jisrProcess({
      ODOO_URL: odoo.url,
      ODOO_API_KEY: 'lab-key',
      JISR_PROCESSING: processing,
      ODOO_PULL_INTERVAL_MS: '500',
      ODOO_PULL_LIMIT: '200',
      ODOO_SWEEP_INTERVAL_MS: '5000',
    });
    await jisr.start();
  }, 120_000);
  afterAll(async () => {
    await jisr.stop();
    jisr.remove();
    await odoo.close();
  }, 60_000);

  const stats = () => jisr.get('/api/v1/stats') as Promise<Stats>;

  test(`three times in the middle of ${changes} changes loses nothing and doubles nothing`, async () => {
    const aTime = changes / 3;
    for (const made of [0, aTime, 2 * aTime]) {
      odoo.changeMany(aTime);
      await eventually(async () => {
        expect((await stats()).events['processed']).toBeGreaterThanOrEqual(made + aTime / 4);
      }, 90_000);
      expect((await stats()).events['processed']).toBeLessThan(made + aTime);
      const server = jisr.temporalPid();
      await jisr[how]();
      if (how === 'killAll')
        await eventually(() => {
          expect(isAlive(server)).toBe(false);
        });
      const before = odoo.requests.counts().pull;
      await jisr.start();
      expect(isAlive(server)).toBe(false);
      // Work goes on within 15 s of the restart.
      await odoo.until('a pull after the restart', () => odoo.requests.counts().pull > before, 15_000);
    }
    await eventually(async () => {
      expect((await stats()).events).toMatchObject({
        pending: 0,
        processing: 0,
        delivering: 0,
        processed: changes,
      });
      expect(odoo.ledger.unmarked()).toEqual([]);
    }, 120_000);

    const events = await createBridgeClient(jisr.url(), 'test-admin-key').events();
    const verdict = judge({
      entries: odoo.ledger.entries(),
      payloadOf: (serial) => odoo.ledger.payloadOf(serial),
      strayMarks: odoo.ledger.strayMarks().length,
      events,
      taken: null,
    });
    expect(verdict.findings).toEqual([]);
    expect(verdict.events).toBe(changes);
  }, 400_000);

  test('each event is found in Temporal by its id and its key', async () => {
    const connection = await Connection.connect({ address: jisr.temporalAddress() });
    const { workflow } = new Client({ connection });
    const isSingle = processing === 'individually';
    const type = isSingle ? 'ProcessEventWorkflow' : 'ProcessBatchWorkflow';
    await eventually(async () => {
      const { count } = await workflow.count(`WorkflowType = '${type}' AND EventStatus = 'processed'`);
      if (isSingle) expect(count).toBe(changes);
      else expect(count).toBeGreaterThan(0);
    });
    for (const id of [1, Math.floor(changes / 2), changes]) {
      const found: string[] = [];
      const query = `OdooEventId = 'pull:${id}' AND ExecutionStatus = 'Completed'`;
      for await (const run of workflow.list({ query })) found.push(run.workflowId);
      expect(found).toEqual([isSingle ? String(id) : expect.stringMatching(/^batch\//)]);
    }
    await connection.close();
  }, 60_000);
});
