// How fast Odoo's table is emptied.
import { z } from 'zod';
import { ODOO_PACE } from '../../src/simulator/simulator';
import { eachRound, type Bench, type BenchContext } from '../bench';
import { bounds } from '../figures';
import { drainSeconds } from '../parts/drain-time';
import { APART, PGLITE, POSTGRES, type Setup } from '../parts/setups';

const LIMIT = 1_000;
const ROWS_PER_SECOND = { postgres: ['at least', 6_000], pglite: ['at least', 9_000, 10_000] } as const;

const pulled = z.object({ rows: z.number(), seconds: z.number() });

export const drain: Bench = {
  name: 'drain',
  title: 'Draining Odoo',
  measures: `20,000 rows in pages of 1,000, from the first page that is asked for until all are committed and marked in
Odoo. Odoo's pace is 300 ms to serve a page and 430 ms to mark it; beside it the ideal, computed: the first page served,
then a page for each turn of the slower of the two. Of an Odoo that answers at once the yardstick is somebody who fetches
and marks the same pages one after the other and keeps nothing; there the simulator has to make the rows on the same two
cores. Processing is paused, so that the drain alone is measured; the last figure has it on.`,
  run: async (context) => {
    for (const setup of context.lab.possible(POSTGRES, APART, PGLITE)) {
      await atOdoosPace(context, setup);
      await atOnce(context, setup, 'paused');
      await atOnce(context, setup, 'on');
    }
  },
};

async function atOdoosPace(context: BenchContext, setup: Setup): Promise<void> {
  const { lab, figures, pick, seed } = context;
  const rows = pick(20_000, 3_000);
  const odoo = await lab.odoo(seed, true);
  const bridge = await lab.bridge(setup, { ...odoo.env, ODOO_PULL_LIMIT: String(LIMIT) });
  await bridge.pauseProcessing();
  await eachRound(context, `${setup.title}, Odoo's pace`, async () => {
    const seconds = await drainSeconds(bridge, odoo, rows);
    figures.add(
      {
        group: setup.title,
        what: 'rows drained, Odoo at its pace, processing paused',
        unit: '1/s',
        yardstick: 'ideal',
        bounds: bounds('ratio', ['at least', 0.93]),
      },
      rows / seconds,
      rows / idealSeconds(rows),
    );
  });
  await bridge.close();
  await odoo.stop();
}

function idealSeconds(rows: number): number {
  const { servePer1000Ms, basePullMs, markPer1000Ms } = ODOO_PACE;
  const serveMs = basePullMs + (LIMIT / 1000) * servePer1000Ms;
  const markMs = (LIMIT / 1000) * markPer1000Ms;
  return (serveMs + (rows / LIMIT) * Math.max(serveMs, markMs)) / 1000;
}

async function atOnce(context: BenchContext, setup: Setup, processing: 'paused' | 'on'): Promise<void> {
  const { lab, figures, pick, seed } = context;
  const rows = pick(20_000, 3_000);
  const odoo = await lab.odoo(seed, false);
  const plainOdoo = await lab.odoo(seed, false);
  const outside = lab.outside();
  const bridge = await lab.bridge(setup, { ...odoo.env, ODOO_PULL_LIMIT: String(LIMIT) });
  await bridge.pauseProcessing();
  await drainSeconds(bridge, odoo, pick(5_000, 1_000));
  await eachRound(context, `${setup.title}, processing ${processing}`, async () => {
    await plainOdoo.change(rows);
    const { url, key } = plainOdoo;
    const yardstick = await outside.ask('pullAll', { url, key, limitRows: LIMIT }, pulled);
    if (processing === 'on') await bridge.resumeProcessing();
    const seconds = await drainSeconds(bridge, odoo, rows);
    await bridge.pauseProcessing();
    figures.add(
      {
        group: setup.title,
        what: `rows drained, Odoo answers at once, processing ${processing}`,
        unit: '1/s',
        yardstick: 'fetched and marked only',
        bounds: processing === 'on' ? [] : bounds('figure', ROWS_PER_SECOND[setup.engine]),
      },
      rows / seconds,
      yardstick.rows / yardstick.seconds,
    );
  });
  await bridge.close();
  await outside.stop();
  await plainOdoo.stop();
  await odoo.stop();
}
