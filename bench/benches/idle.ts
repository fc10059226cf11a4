// What a bridge costs that has nothing to do.
import { setTimeout as sleep } from 'node:timers/promises';
import { eachRound, type Bench, type BenchContext } from '../bench';
import { bounds } from '../figures';
import { cpuSeconds } from '../machine';
import type { Bridge } from '../parts/bridge';
import { APART, PGLITE, POSTGRES } from '../parts/setups';

export const idle: Bench = {
  name: 'idle',
  title: 'An idle bridge',
  measures: `The CPU of the bridge's own processes, user and system, over at least 30 seconds with nothing to do but its
poll every 30 seconds, its default; beside it the Temporal server's, which answers the pollers of the workers. PostgreSQL's
own is in neither. All layouts at the same time: CPU is counted per process.`,
  run: async (context) => {
    const { lab, seed } = context;
    const odoo = await lab.odoo(seed, false);
    const bridges: Bridge[] = [];
    for (const setup of lab.possible(POSTGRES, APART, PGLITE))
      bridges.push(await lab.bridge(setup, odoo.env));
    await usedOver(10, bridges);
    await eachRound(context, 'all layouts', async () => {
      const used = await usedOver(context.pick(60, 30), bridges);
      for (const { bridge, own, temporal } of used) add(context, bridge, own, temporal);
    });
  },
};

function add({ figures }: BenchContext, { setup }: Bridge, own: number, temporal: number): void {
  figures.add(
    {
      group: setup.title,
      what: 'CPU of the bridge',
      unit: '% of a core',
      yardstick: 'its Temporal server',
      bounds: bounds('figure', ['at most', 2]),
    },
    own,
    temporal,
  );
}

/** In percent of a core. The first call also lets what a start leaves behind come to an end. */
async function usedOver(seconds: number, bridges: readonly Bridge[]) {
  const before = bridges.map(cpuOf);
  const startMs = performance.now();
  await sleep(seconds * 1000);
  const elapsed = (performance.now() - startMs) / 1000;
  return bridges.map((bridge, place) => {
    const [then, now] = [before[place], cpuOf(bridge)];
    const percent = (from: number | undefined, to: number) => ((to - (from ?? 0)) / elapsed) * 100;
    return { bridge, own: percent(then?.own, now.own), temporal: percent(then?.temporal, now.temporal) };
  });
}

function cpuOf({ pids, temporal }: Bridge): { readonly own: number; readonly temporal: number } {
  return {
    own: pids.map(cpuSeconds).reduce((sum, one) => sum + one, 0),
    temporal: temporal.pid === null ? 0 : cpuSeconds(temporal.pid),
  };
}
