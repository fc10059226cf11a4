// How many events a second go through a workflow of their own.
import { eachRound, type Bench, type BenchContext } from '../bench';
import { bounds } from '../figures';
import type { Bridge } from '../parts/bridge';
import type { Child } from '../parts/child';
import { processingRate } from '../parts/processing-rate';
import { Pusher, startSubscriber } from '../parts/pusher';
import { APART, PGLITE, POSTGRES, type Setup } from '../parts/setups';

/** As the bridge's own bound, its default. */
const IN_FLIGHT = 100;
const WANTED_MODEL = 'bench.wanted';

const CASES = [
  { what: 'nobody subscribed', model: 'bench.unwanted', ratio: ['at least', 0.6, 0.75] },
  { what: 'delivered to one subscriber', model: WANTED_MODEL, ratio: ['at least', 0.35, 0.45] },
] as const;

export const singleEvents: Bench = {
  name: 'single-events',
  title: 'Single events',
  measures: `Events that are pending while processing is paused, from its resuming until all are processed, each in a
workflow of its own (\`JISR_PROCESSING=individually\`). Beside the same number of empty workflows on the same Temporal
server, started and completed by one process with the same worker options, at most 100 in flight as in the bridge. The
subscriber answers at once.`,
  run: async (context) => {
    const { lab, seed } = context;
    const outside = lab.outside();
    const pusher = new Pusher(outside, seed);
    for (const setup of lab.possible(POSTGRES, APART, PGLITE)) {
      const bridge = await lab.bridge(setup, { JISR_PROCESSING: 'individually' });
      await measure(context, { bridge, outside, pusher, setup });
      await bridge.close();
    }
  },
};

async function measure(
  context: BenchContext,
  parts: {
    readonly bridge: Bridge;
    readonly outside: Child;
    readonly pusher: Pusher;
    readonly setup: Setup;
  },
): Promise<void> {
  const { lab, figures, pick } = context;
  const { bridge, outside, pusher, setup } = parts;
  const count = pick(1_000, 300);
  await bridge.subscribe('fast', await startSubscriber(outside, false), [WANTED_MODEL]);
  const workflows = await lab.emptyWorkflows(bridge);
  await workflows.run(pick(500, 100), IN_FLIGHT);
  for (const { model } of CASES) await processingRate(bridge, pusher, { count: pick(500, 100), model });
  await eachRound(context, setup.title, async () => {
    for (const { what, model, ratio } of CASES) {
      const yardstick = await workflows.run(count, IN_FLIGHT);
      const perSecond = await processingRate(bridge, pusher, { count, model });
      figures.add(
        {
          group: setup.title,
          what,
          unit: '1/s',
          yardstick: 'empty workflows',
          bounds: bounds('ratio', ratio),
        },
        perSecond,
        yardstick.perSecond,
      );
    }
  });
  await workflows.stop();
}
