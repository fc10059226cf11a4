// The pull, from Odoo's backlog to processed and acknowledged events.
import { startSimulator } from '../../src/simulator/simulator';
import type { Simulator } from '../../src/simulator/simulator-types';
import { readTotals } from '../../src/store/counters';
import { listEvents } from '../../src/store/events/read';
import type { TemporalSession } from '../../src/temporal/session';
import {
  eventually,
  openTestSession,
  pullFrom,
  startTestBridge,
  testConfig,
  type TestBridge,
} from '../support/bridge';
import { describeOnBothEngines, type TestStore } from '../support/stores';

describeOnBothEngines('the pull', (open) => {
  let store: TestStore;
  let session: TemporalSession;
  let odoo: Simulator;
  let bridge: TestBridge;

  beforeAll(async () => {
    store = await open();
    session = await openTestSession();
    odoo = await startSimulator();
    odoo.changeMany(120);
    bridge = await startTestBridge({
      config: testConfig({ ...pullFrom(odoo), ODOO_PULL_LIMIT: '50' }),
      store,
      session,
    });
  }, 60_000);
  afterAll(async () => {
    await bridge.stop();
    await session.close();
    await store.close();
    await odoo.close();
  });

  test('every pending row of Odoo is one event, processed and acknowledged', async () => {
    await odoo.until('all marked', () => odoo.ledger.summary().marked === 120);
    await eventually(async () => {
      expect((await readTotals(store.db)).states.processed).toBe(120);
    });
    const events = await listEvents(store.db, {}, { order: 'asc', limitRows: 1000, after: null });
    expect(events.map((event) => event.pullId)).toEqual(
      odoo.ledger.entries().map(({ change }) => String(change.pullId)),
    );
    expect(odoo.ledger.strayMarks()).toEqual([]);
  });

  test('an event is found by its ids and its record', async () => {
    const query = `OdooEventId = 'pull:7' AND EventStatus = 'processed'`;
    await eventually(async () => {
      const found = [];
      for await (const run of session.client.workflow.list({ query })) found.push(run.workflowId);
      expect(found).toEqual(['7']);
    });
  });
});
