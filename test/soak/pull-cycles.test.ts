// The pull loop over thousands of polls: its history stays bounded, its state goes from run to run.
// `npm run test:soak`; JISR_SOAK_CYCLES (3,000 unless set) makes it shorter.
import { TASK_QUEUE } from '../../src/contracts/names';
import { startSimulator } from '../../src/simulator/simulator';
import { readTotals } from '../../src/store/counters';
import { eventually, openTestSession, pullFrom, startTestBridge, testConfig } from '../support/bridge';
import { openTestStore } from '../support/stores';

const CYCLES = Number(process.env['JISR_SOAK_CYCLES'] ?? 3_000);
/** A poll takes about 100 ms; several times as much is no fault of the loop. */
const LONGEST_MS = 60_000 + CYCLES * 600;
/** A short run has a shorter limit, so that it continues as new all the same. */
const SHORT_LIMIT = CYCLES < 3_000 ? 500 : null;
/** Above the limit a run may have only what one turn of the loop adds. */
const MOST_EVENTS = (SHORT_LIMIT ?? 8_000) + 60;
const source = { name: 'main', isFirst: true };

test(
  `${CYCLES} polls leave no history longer than its bound, lose no count and no change`,
  async () => {
    const session = await openTestSession();
    const store = await openTestStore('pglite');
    const odoo = await startSimulator();
    const config = testConfig({
      ...pullFrom(odoo),
      ODOO_PULL_INTERVAL_MS: '100',
      ODOO_SWEEP_INTERVAL_MS: '5000',
    });
    if (SHORT_LIMIT !== null) {
      await session.client.workflow.start('OdooPullWorkflow', {
        workflowId: 'odoo-pull',
        taskQueue: TASK_QUEUE,
        args: [{ source: 'main', maxHistoryEvents: SHORT_LIMIT }],
      });
    }
    const bridge = await startTestBridge({ config, store, session });
    const runs = new Map<string, number>();
    let made = 0;
    let pages = 0;
    await eventually(async () => {
      if (made < pages / 10) made += odoo.changeMany(2).length;
      const { runId, historyLength } = await session.client.workflow.getHandle('odoo-pull').describe();
      runs.set(runId, historyLength);
      // The server's timers fire once a second at best.
      await bridge.control.pullNow(source);
      const { counts } = await bridge.control.pullStatus(source);
      expect(counts.pages).toBeGreaterThanOrEqual(pages);
      ({ pages } = counts);
      if (pages < CYCLES) throw new Error(`${pages} polls of ${CYCLES}`);
    }, LONGEST_MS);

    await eventually(async () => {
      expect((await readTotals(store.db)).states).toMatchObject({
        processed: made,
        pending: 0,
        processing: 0,
      });
      expect(odoo.ledger.unmarked()).toEqual([]);
    }, 60_000);
    const longest = Math.max(...runs.values());
    process.stderr.write(
      `${pages} polls, ${made} changes: ${runs.size} runs, the longest history had ${longest} events\n`,
    );
    expect(longest).toBeLessThanOrEqual(MOST_EVENTS);
    // A dozen events a poll: without continue-as-new the bound could not have held.
    expect(runs.size).toBeGreaterThan(1);
    await bridge.stop();
    await session.close();
    await store.close();
    await odoo.close();
  },
  LONGEST_MS + 90_000,
);
