// How fast a backlog is delivered.
import { z } from 'zod';
import { eachRound, type Bench, type BenchContext } from '../bench';
import { bounds } from '../figures';
import type { Bridge } from '../parts/bridge';
import { processingRate } from '../parts/processing-rate';
import { Pusher, startSubscriber } from '../parts/pusher';
import { APART, PGLITE, POSTGRES, type Setup } from '../parts/setups';

const MODES = ['in_batches', 'auto'] as const;

const done = z.object({});
const rate = z.object({ perSecond: z.number() });

export const backlog: Bench = {
  name: 'backlog',
  title: 'A backlog',
  measures: `Events that are pending while processing is paused, from its resuming until all are stored, delivered to one
subscriber that answers at once, and processed, with \`JISR_PROCESSING=in_batches\` and \`auto\`. Beside what any deliverer
must do at the least: one Node process that sends the same number of signed posts to the same subscriber over 24
connections, and updates a row for each.`,
  run: async (context) => {
    for (const setup of context.lab.possible(POSTGRES, APART, PGLITE)) await measure(context, setup);
  },
};

async function measure(context: BenchContext, setup: Setup): Promise<void> {
  const { lab, figures, pick, seed, rounds } = context;
  const outside = lab.outside();
  const pusher = new Pusher(outside, seed);
  const count = pick(5_000, 1_500);
  const url = await startSubscriber(outside, false);
  const deliverer = lab.child('plain-deliverer.ts');
  const location = await lab.emptyStore(setup);
  await deliverer.ask('open', { location, rows: count * MODES.length * rounds, seed }, done);
  const bridges: (readonly [(typeof MODES)[number], Bridge])[] = [];
  for (const mode of MODES) {
    const bridge = await lab.bridge(setup, { JISR_PROCESSING: mode });
    await bridge.subscribe('fast', url);
    await processingRate(bridge, pusher, { count: pick(500, 100) });
    bridges.push([mode, bridge]);
  }
  let firstRow = 1;
  await eachRound(context, setup.title, async () => {
    for (const [mode, bridge] of bridges) {
      const yardstick = await deliverer.ask('deliver', { url, firstRow, count }, rate);
      firstRow += count;
      const perSecond = await processingRate(bridge, pusher, { count });
      figures.add(
        {
          group: setup.title,
          what: `delivered, ${mode}`,
          unit: '1/s',
          yardstick: 'plain deliverer',
          bounds: bounds('figure', ['at least', 1_300, 2_000]),
        },
        perSecond,
        yardstick.perSecond,
      );
    }
  });
  for (const [, bridge] of bridges) await bridge.close();
  await deliverer.stop();
  await outside.stop();
}
