// Whether anything becomes slower as the inbox grows.
import { z } from 'zod';
import { latencies, type Latencies } from '../children/latencies';
import { eachRound, type Bench, type BenchContext } from '../bench';
import { bounds } from '../figures';
import type { Bridge } from '../parts/bridge';
import type { Child } from '../parts/child';
import { drainSeconds } from '../parts/drain-time';
import { Pusher } from '../parts/pusher';
import { PGLITE, POSTGRES, type Setup } from '../parts/setups';
import type { OdooProcess } from '../parts/simulator';
import { processingRate } from '../parts/processing-rate';

const FEW = 1_000;
const MANY = { full: 1_000_000, quick: 100_000 } as const;
const CLIENTS = 20;

const QUERIES = [
  '/api/v1/events?limit=50',
  '/api/v1/events?limit=50&model=res.partner',
  '/api/v1/events?limit=50&record_id=4',
  '/api/v1/events?limit=50&model=res.partner&record_id=4',
  '/api/v1/events?limit=50&status=dead_letter',
  '/api/v1/events?limit=50&pull_id=filled-500',
  '/api/v1/events/filled-500',
  '/api/v1/stats',
] as const;

const done = z.object({});

interface Inbox {
  readonly bridge: Bridge;
  readonly odoo: OdooProcess;
}

interface Parts {
  readonly context: BenchContext;
  readonly outside: Child;
  readonly pusher: Pusher;
}

export const growth: Bench = {
  name: 'growth',
  title: 'A large inbox',
  measures: `The same acts on a bridge with 1,000 processed events in its inbox, which is the yardstick, and on one with
1,000,000 (100,000 in a quick run), each with its copies, every tenth with a delivery. All are times, so a ratio above 1 is
what growth costs. Pushes and the drain with processing paused; single events as in the bench of that name, nobody
subscribed. The rows are made by SQL; PostgreSQL then has its statistics, as after a life of autovacuum.`,
  run: async (context) => {
    for (const setup of context.lab.possible(POSTGRES, PGLITE)) await measure(context, setup);
  },
};

async function measure(context: BenchContext, setup: Setup): Promise<void> {
  const { lab, seed, say, pick } = context;
  const outside = lab.outside();
  const parts = { context, outside, pusher: new Pusher(outside, seed) };
  const many = pick(MANY.full, MANY.quick);
  say(`  ${setup.title}: filling an inbox with ${many.toLocaleString('en')} events`);
  const small = await openInbox(context, setup, FEW);
  const large = await openInbox(context, setup, many);
  for (const inbox of [small, large]) await actAll(parts, inbox, pick(300, 100));
  await eachRound(context, setup.title, async () => {
    const yardstick = await actAll(parts, small, pick(1_000, 300));
    const times = await actAll(parts, large, pick(1_000, 300));
    for (const [what, ms] of times)
      context.figures.add(
        {
          group: setup.title,
          what: `${what}, with ${many.toLocaleString('en')} events`,
          unit: 'ms',
          yardstick: `with ${FEW.toLocaleString('en')}`,
          bounds: bounds('ratio', ['at most', 1.2]),
        },
        ms,
        yardstick.get(what),
      );
  });
  for (const { bridge, odoo } of [small, large]) {
    await bridge.close();
    await odoo.stop();
  }
  await outside.stop();
}

async function openInbox({ lab, seed }: BenchContext, setup: Setup, rows: number): Promise<Inbox> {
  const odoo = await lab.odoo(seed, false);
  const env = { ...odoo.env, JISR_PROCESSING: 'individually' };
  const bridge = await lab.bridge(setup, env, async (location) => {
    const filler = lab.child('fill-store.ts');
    await filler.ask('fill', { location, rows }, done);
    await filler.stop();
  });
  return { bridge, odoo };
}

/** Everything once, so many times; answers ms by what was done. */
async function actAll(parts: Parts, inbox: Inbox, count: number): Promise<ReadonlyMap<string, number>> {
  const { outside, pusher } = parts;
  const { bridge, odoo } = inbox;
  const before = (await bridge.states())['processed'] ?? 0;
  await bridge.pauseProcessing();
  const pushed = await pusher.push(bridge, { clients: CLIENTS, count });
  const drained = await drainSeconds(bridge, odoo, count);
  await bridge.resumeProcessing();
  await bridge.processed(before + 2 * count);
  const perSecond = await processingRate(bridge, pusher, { count, model: 'bench.unwanted' });
  const queries = new Map<string, number>();
  for (const path of QUERIES) queries.set(`GET ${path}, p50`, (await ask(outside, bridge, path)).p50Ms);
  return new Map([
    [`push at ${CLIENTS} clients, p50`, pushed.p50Ms],
    ['drained row', (drained * 1_000) / count],
    ['single event', 1_000 / perSecond],
    ...queries,
  ]);
}

function ask(outside: Child, { target }: Bridge, path: string): Promise<Latencies> {
  return outside.ask('get', { ...target, paths: [path], times: 50, clients: 1 }, latencies);
}
