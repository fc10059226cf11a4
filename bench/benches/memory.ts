// Whether a bridge that works for long needs more and more memory.
import { eachRound, type Bench, type BenchContext } from '../bench';
import { bounds } from '../figures';
import { residentMb } from '../machine';
import type { Bridge } from '../parts/bridge';
import { Pusher } from '../parts/pusher';
import { APART, PGLITE, POSTGRES, type Setup } from '../parts/setups';
import { until } from '../parts/until';
import { median } from '../statistics';

const SAMPLE_EVERY_MS = 250;
/** Above what goes in batches, and never so many that most of the time only pushes are taken. */
const PORTION = 2_000;
const LEFT = 200;

export const memory: Bench = {
  name: 'memory',
  title: 'Memory',
  measures: `The resident memory of the bridge's processes while 100,000 events (10,000 in a quick run) are pushed and
processed, 2,000 at a time, nobody subscribed, sampled four times a second. Flat means that the median of the last quarter
of the time is at most 1.2 times that of the second; the first is the start.`,
  run: async (context) => {
    for (const setup of context.lab.possible(POSTGRES, APART, PGLITE))
      // Long enough to be its own repetition.
      await eachRound({ ...context, rounds: 1 }, setup.title, () => measure(context, setup));
  },
};

async function measure(context: BenchContext, setup: Setup): Promise<void> {
  const { lab, figures, pick, seed } = context;
  const outside = lab.outside();
  const pusher = new Pusher(outside, seed);
  const bridge = await lab.bridge(setup);
  const samplesMb = await sampledWhile(bridge, () => workThrough(bridge, pusher, pick(100_000, 10_000)));
  const quarter = (number: number) =>
    median(
      samplesMb.slice(((number - 1) * samplesMb.length) / 4, Math.ceil((number * samplesMb.length) / 4)),
    );
  figures.add(
    {
      group: setup.title,
      what: 'resident memory, last quarter',
      unit: 'MB',
      yardstick: 'second quarter',
      bounds: bounds('ratio', ['at most', 1.2]),
    },
    quarter(4),
    quarter(2),
  );
  const peak = { group: setup.title, what: 'resident memory, peak', unit: 'MB' as const, bounds: [] };
  figures.add(peak, Math.max(...samplesMb));
  await bridge.close();
  await outside.stop();
}

async function workThrough(bridge: Bridge, pusher: Pusher, events: number): Promise<void> {
  for (let pushed = 0; pushed < events; pushed += PORTION) {
    await pusher.push(bridge, { clients: 20, count: Math.min(PORTION, events - pushed) });
    await until(async () => ((await bridge.states())['pending'] ?? 0) <= LEFT, {
      what: 'the portion is processed',
      everyMs: 100,
    });
  }
  await bridge.processed(events);
}

async function sampledWhile({ pids }: Bridge, work: () => Promise<void>): Promise<readonly number[]> {
  const samples: number[] = [];
  const timer = setInterval(() => {
    samples.push(pids.map(residentMb).reduce((sum, one) => sum + one, 0));
  }, SAMPLE_EVERY_MS);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return samples;
}
