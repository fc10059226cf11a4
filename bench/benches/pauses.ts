// How long the event loop stands still while pages are accepted: so long no push is answered.
import { z } from 'zod';
import { eachRound, type Bench, type BenchContext } from '../bench';
import { bounds } from '../figures';
import { PGLITE, POSTGRES, type Setup } from '../parts/setups';
import type { OdooProcess } from '../parts/simulator';

const measured = z.object({ longestPauseMs: z.number(), perPageMs: z.number() });

export const pauses: Bench = {
  name: 'pauses',
  title: 'Pauses while pages are accepted',
  measures: `Pages of 1,000 rows through the door, one after the other, in a process that does nothing else: the longest
time that its event loop stood still, after two pages to warm up. Beside it a process that writes the same payloads to a
table without indexes, a page by one statement, with PGlite on its main thread; Jisr has PGlite in a thread of its own.`,
  run: async (context) => {
    const { lab, pick, seed } = context;
    const odoo = await lab.odoo(seed, false);
    await odoo.change(pick(10_000, 4_000));
    for (const setup of lab.possible(POSTGRES, PGLITE)) await measure(context, setup, odoo);
  },
};

async function measure(context: BenchContext, setup: Setup, { url, key }: OdooProcess): Promise<void> {
  const { lab, figures } = context;
  await eachRound(context, setup.title, async () => {
    const ask = async (call: 'accept' | 'insert') => {
      const child = lab.child('accept-pages.ts');
      const location = await lab.emptyStore(setup);
      const answer = await child.ask(call, { location, odoo: url, key }, measured);
      await child.stop();
      return answer;
    };
    const yardstick = await ask('insert');
    const jisr = await ask('accept');
    const head = { group: setup.title, unit: 'ms' as const, yardstick: 'plain insert' };
    const must = bounds('figure', ['at most', 50]);
    figures.add(
      { ...head, what: 'longest pause', bounds: must },
      jisr.longestPauseMs,
      yardstick.longestPauseMs,
    );
    figures.add({ ...head, what: 'a page', bounds: [] }, jisr.perPageMs, yardstick.perPageMs);
  });
}
