// Whether one subscriber that hangs makes the others wait.
import { z } from 'zod';
import { eachRound, type Bench, type BenchContext } from '../bench';
import { bounds } from '../figures';
import type { Bridge } from '../parts/bridge';
import { Pusher, startSubscriber } from '../parts/pusher';
import { PGLITE, POSTGRES, type Setup } from '../parts/setups';

const OTHERS = 4;
/** The load at which times are times of single events: above it, the one event waits for the one before. */
const PER_SECOND = 5;
const MUST = 1.5;

export const fairness: Bench = {
  name: 'fairness',
  title: 'One subscriber that hangs',
  measures: `Four subscribers at addresses of their own, and ${PER_SECOND} pushes a second that all of them want: from sending a
push to the call of each. Then the same beside a fifth one that takes the connection and never answers. Each round has a new one, so
that what the bridge learned of the one before does not help it.`,
  run: async (context) => {
    for (const setup of context.lab.possible(POSTGRES, PGLITE)) await measure(context, setup);
  },
};

async function measure(context: BenchContext, setup: Setup): Promise<void> {
  const { lab, figures, pick, seed } = context;
  const outside = lab.outside();
  const pusher = new Pusher(outside, seed);
  const bridge = await lab.bridge(setup);
  for (let n = 1; n <= OTHERS; n += 1)
    await bridge.subscribe(`other-${n}`, await startSubscriber(outside, true));
  const seconds = pick(30, 4);
  const called = () => pusher.pushToSubscriber(bridge, PER_SECOND, seconds, OTHERS);
  // Until all of it is compiled, and each subscriber has its connections.
  await pusher.pushToSubscriber(bridge, PER_SECOND, pick(20, 2), OTHERS);
  await eachRound(context, setup.title, async (round) => {
    const without = await called();
    const id = await subscribeHanging(bridge, `hanging-${round}`, await startSubscriber(outside, false));
    const beside = await called();
    await bridge.call('DELETE', `subscriptions/${id}`);
    // What waited for it ends at once.
    await bridge.idle();
    for (const [what, limits] of [
      ['p50', []],
      ['p99', bounds('ratio', ['at most', MUST])],
    ] as const)
      figures.add(
        {
          group: setup.title,
          what: `${what} of the four others`,
          unit: 'ms',
          yardstick: 'without the one that hangs',
          bounds: [...limits],
        },
        beside[`${what}Ms`],
        without[`${what}Ms`],
      );
  });
  await bridge.close();
  await outside.stop();
}

const made = z.object({ id: z.string() });

async function subscribeHanging(bridge: Bridge, name: string, url: string): Promise<string> {
  return made.parse(await bridge.call('POST', 'subscriptions', { name, url: `${url}/hang`, filter: {} })).id;
}
