// How long Odoo's user waits for the answer to a push, and how many are answered a second.
import { eachRound, type Bench, type BenchContext } from '../bench';
import { bounds } from '../figures';
import type { Bridge } from '../parts/bridge';
import type { EmptyWorkflows } from '../parts/lab';
import { openPlainRoute, type PlainRoute } from '../parts/plain-route';
import { Pusher } from '../parts/pusher';
import { APART, PGLITE, POSTGRES, type Setup } from '../parts/setups';

const CLIENTS = [1, 20, 50] as const;
type Clients = (typeof CLIENTS)[number];

const STEADY_PER_SECOND = 20;

const P50_MS = { postgres: 3, pglite: 6 } as const;
const ACCEPTED_RATIO: Readonly<Record<Clients, number | null>> = { 1: null, 20: 0.75, 50: 0.95 };

interface Parts {
  readonly context: BenchContext;
  readonly setup: Setup;
  readonly pusher: Pusher;
  readonly plain: PlainRoute;
}

export const pushAnswer: Bench = {
  name: 'push-answer',
  title: 'The answer to a push',
  measures: `\`POST /api/v1/webhooks/receive\`, from sending to the whole answer, at 1, 20 and 50 clients that each send
their next push when the last is answered, and at a steady 20 a second. Beside it a route of express that commits one
row of the same body by a single \`insert\` on the same engine, and the bare start of an empty workflow, which a bridge
that starts before it answers would wait for. Processing is on, then paused; each round with processing on has a bridge
and a store of its own, and waits until all is processed before it goes on, so that no backlog is measured.`,
  run: async (context) => {
    const { lab, seed } = context;
    const pusher = new Pusher(lab.outside(), seed);
    for (const setup of lab.possible(POSTGRES, APART, PGLITE)) {
      const plain = await openPlainRoute(lab, setup);
      const parts = { context, setup, pusher, plain };
      const paused = await lab.bridge(setup);
      await paused.pauseProcessing();
      await warmUp(parts, paused);
      await eachRound(context, setup.title, async () => {
        const working = await lab.bridge(setup);
        await steady(parts, working);
        for (const clients of context.pick<readonly Clients[]>(CLIENTS, [20]))
          await atClients(parts, clients, { working, paused });
        await working.close();
      });
      await paused.close();
      await plain.stop();
    }
  },
};

/** So that no first request of a connection, and no code that is not compiled yet, is measured. */
async function warmUp({ pusher, plain, context }: Parts, bridge: Bridge): Promise<void> {
  const load = { count: context.pick(1_000, 200), clients: 20 };
  await pusher.pushPlain(plain.url, load);
  await pusher.push(bridge, load);
}

async function steady({ context, setup, pusher }: Parts, bridge: Bridge): Promise<void> {
  const { figures, pick } = context;
  const group = setup.title;
  await pusher.pushAtRate(bridge, STEADY_PER_SECOND, 1);
  const { p50Ms, p99Ms } = await pusher.pushAtRate(bridge, STEADY_PER_SECOND, pick(15, 3));
  const what = `at a steady ${STEADY_PER_SECOND}/s, processing on`;
  const atMost = (ms: number) => bounds('figure', ['at most', ms]);
  figures.add({ group, what: `p50 ${what}`, unit: 'ms', bounds: atMost(P50_MS[setup.engine]) }, p50Ms);
  figures.add({ group, what: `p99 ${what}`, unit: 'ms', bounds: atMost(20) }, p99Ms);
}

async function atClients(
  parts: Parts,
  clients: Clients,
  { working, paused }: { readonly working: Bridge; readonly paused: Bridge },
): Promise<void> {
  const { context, setup, pusher, plain } = parts;
  const { figures, lab, pick } = context;
  const load = { clients, count: clients === 1 ? 1_000 : pick(2_000, 600) };
  const group = setup.title;
  await pusher.push(working, { clients, count: pick(300, 100) });
  await working.idle();
  for (const [bridge, processing] of [
    [working, 'on'],
    [paused, 'paused'],
  ] as const) {
    const yardstick = await pusher.pushPlain(plain.url, load);
    const answered = await pusher.push(bridge, load);
    // What it has taken is processed on the same cores: not beside what is measured next.
    if (bridge === working) await working.idle();
    const where = `at ${clients} ${clients === 1 ? 'client' : 'clients'}, processing ${processing}`;
    const plainRoute = { group, yardstick: 'plain route' };
    const p50 = clients === 1 ? p50Bounds(setup) : [];
    figures.add(
      { ...plainRoute, what: `p50 ${where}`, unit: 'ms', bounds: p50 },
      answered.p50Ms,
      yardstick.p50Ms,
    );
    figures.add(
      { ...plainRoute, what: `p99 ${where}`, unit: 'ms', bounds: [] },
      answered.p99Ms,
      yardstick.p99Ms,
    );
    figures.add(
      {
        ...plainRoute,
        what: `accepted ${where}`,
        unit: '1/s',
        bounds: bounds('ratio', ['at least', ACCEPTED_RATIO[clients]]),
      },
      answered.perSecond,
      yardstick.perSecond,
    );
  }
  const workflows = await lab.emptyWorkflows(working);
  await beforeStarts(parts, working, clients, workflows);
  await workflows.stop();
  await working.resumeProcessing();
  await working.idle();
}

function p50Bounds({ engine }: Setup) {
  return [...bounds('figure', ['at most', P50_MS[engine]]), ...bounds('ratio', ['at most', null, 1.5])];
}

/** A push, and the start of an empty workflow on its Temporal server, which has nothing else to do meanwhile. */
async function beforeStarts(
  { context, setup, pusher }: Parts,
  bridge: Bridge,
  clients: Clients,
  workflows: EmptyWorkflows,
): Promise<void> {
  await bridge.pauseProcessing();
  const count = context.pick(500, 100);
  await workflows.run(50, clients);
  const started = await workflows.run(count, clients);
  const answered = await pusher.push(bridge, { clients, count });
  const what = `p50 beside a bare start, at ${clients} ${clients === 1 ? 'client' : 'clients'}, processing paused`;
  const head = { group: setup.title, what, unit: 'ms' as const, yardstick: 'bare start', bounds: [] };
  context.figures.add(head, answered.p50Ms, started.p50Ms);
}
