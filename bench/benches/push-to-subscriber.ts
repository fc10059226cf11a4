// How long a change takes from Odoo to a subscriber.
import { eachRound, type Bench, type BenchContext } from '../bench';
import { bounds } from '../figures';
import { Pusher, startSubscriber } from '../parts/pusher';
import { APART, PGLITE, POSTGRES, type Setup } from '../parts/setups';

const RATES = [5, 30] as const;
const P50_MS = { together: ['at most', 30, 15], apart: ['at most', 60, 30] } as const;

export const pushToSubscriber: Bench = {
  name: 'push-to-subscriber',
  title: 'From push to subscriber',
  measures: `From sending a push to the call of the one subscriber, at a steady 5 and 30 pushes a second. One process
outside pushes and is called, so both times are read from one clock, and the way to the bridge is in it. Beside it the
start and run of an empty workflow, one after the other: the least that anything durable on this server takes.`,
  run: async (context) => {
    for (const setup of context.lab.possible(POSTGRES, APART, PGLITE)) await measure(context, setup);
  },
};

async function measure(context: BenchContext, setup: Setup): Promise<void> {
  const { lab, figures, pick, seed } = context;
  const outside = lab.outside();
  const pusher = new Pusher(outside, seed);
  const bridge = await lab.bridge(setup);
  await bridge.subscribe('caller', await startSubscriber(outside, true));
  const workflows = await lab.emptyWorkflows(bridge);
  await pusher.pushToSubscriber(bridge, 20, 2);
  await workflows.run(pick(100, 30), 1);
  await eachRound(context, setup.title, async () => {
    for (const perSecond of RATES) {
      const { perSecond: emptyPerSecond } = await workflows.run(pick(100, 30), 1);
      const called = await pusher.pushToSubscriber(bridge, perSecond, pick(20, 4));
      figures.add(
        {
          group: setup.title,
          what: `p50 at ${perSecond}/s`,
          unit: 'ms',
          yardstick: 'empty workflow, mean',
          bounds: bounds('figure', P50_MS[setup.layout]),
        },
        called.p50Ms,
        1_000 / emptyPerSecond,
      );
      const p99 = setup.layout === 'together' ? bounds('figure', ['at most', 100]) : [];
      figures.add(
        { group: setup.title, what: `p99 at ${perSecond}/s`, unit: 'ms', bounds: p99 },
        called.p99Ms,
      );
    }
  });
  await bridge.close();
  await workflows.stop();
  await outside.stop();
}
