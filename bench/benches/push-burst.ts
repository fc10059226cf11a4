// What becomes of a burst: answered at once, processed afterwards.
import { eachRound, type Bench, type BenchContext } from '../bench';
import { bounds } from '../figures';
import { openPlainRoute, type PlainRoute } from '../parts/plain-route';
import { Pusher } from '../parts/pusher';
import { APART, PGLITE, POSTGRES, type Setup } from '../parts/setups';

const CLIENTS = 50;
const ANSWERED_PER_SECOND = { postgres: 3_000, pglite: 2_500 } as const;

export const pushBurst: Bench = {
  name: 'push-burst',
  title: 'A burst of pushes',
  measures: `5,000 pushes as fast as 50 clients can send them, processing on, nobody subscribed; beside the plain route
of the bench above. Then the time from the first push until all are processed. Each round has a bridge and a store of its
own.`,
  run: async (context) => {
    const { lab, seed } = context;
    const pusher = new Pusher(lab.outside(), seed);
    for (const setup of lab.possible(POSTGRES, APART, PGLITE)) {
      const plain = await openPlainRoute(lab, setup);
      await pusher.pushPlain(plain.url, { clients: CLIENTS, count: context.pick(1_000, 200) });
      await eachRound(context, setup.title, () => burst(context, setup, pusher, plain));
      await plain.stop();
    }
  },
};

async function burst(
  { lab, figures, pick }: BenchContext,
  setup: Setup,
  pusher: Pusher,
  plain: PlainRoute,
): Promise<void> {
  const warm = pick(500, 100);
  const load = { clients: CLIENTS, count: pick(5_000, 1_000) };
  const head = { group: setup.title, yardstick: 'plain route' };
  const bridge = await lab.bridge(setup);
  await pusher.push(bridge, { clients: CLIENTS, count: warm });
  await bridge.processed(warm);
  const yardstick = await pusher.pushPlain(plain.url, load);
  const startMs = performance.now();
  const answered = await pusher.push(bridge, load);
  await bridge.processed(warm + load.count);
  const seconds = (performance.now() - startMs) / 1000;
  figures.add(
    {
      ...head,
      what: 'answered',
      unit: '1/s',
      bounds: bounds('figure', ['at least', ANSWERED_PER_SECOND[setup.engine]]),
    },
    answered.perSecond,
    yardstick.perSecond,
  );
  figures.add({ ...head, what: 'p50', unit: 'ms', bounds: [] }, answered.p50Ms, yardstick.p50Ms);
  figures.add(
    { ...head, what: 'p99', unit: 'ms', bounds: bounds('figure', ['at most', 100]) },
    answered.p99Ms,
    yardstick.p99Ms,
  );
  figures.add({ group: setup.title, what: 'all processed after', unit: 's', bounds: [] }, seconds);
  await bridge.close();
}
