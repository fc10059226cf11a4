// Where the time of the bridge's main thread went, read from the CPU profiles that Node leaves at its end.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { required } from '../src/domain/required';

export const profileSummary = z.strictObject({
  bench: z.string().min(1),
  setup: z.string().min(1),
  startedAt: z.iso.datetime(),
  commit: z.string().regex(/^[0-9a-f]{40}$/),
  /** Of all cores together, over the whole bench. */
  machineBusyPercent: z.number(),
  /** Of its life, its start included. */
  threadBusyPercent: z.number(),
  /** Of the time it was busy; the largest first. */
  areas: z.array(z.strictObject({ area: z.string().min(1), percent: z.number() })).min(1),
});
export type ProfileSummary = z.infer<typeof profileSummary>;

const cpuProfile = z.object({
  nodes: z.array(
    z.object({ id: z.number(), callFrame: z.object({ functionName: z.string(), url: z.string() }) }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});
type CpuProfile = z.infer<typeof cpuProfile>;

/** The first that fits. */
const AREAS: readonly (readonly [area: string, fits: RegExp])[] = [
  ['garbage collection', /^\(garbage collector\)$/],
  [
    'sockets: reading and writing',
    /^(writev|writeBuffer|writeUtf8String|writeLatin1String|readStart|node:(net|internal\/stream_base))/,
  ],
  ['pg and drizzle', /node_modules\/(pg|pg-\w+|drizzle-orm)\//],
  ['Temporal SDK', /node_modules\/(@temporalio\/|protobufjs|long|rxjs|@grpc)/],
  [
    'HTTP: express, undici, node:http',
    /node_modules\/(express|router|undici|body-parser|raw-body|helmet|send|on-finished|ee-first|parseurl|qs)\/|^node:(_http|internal\/http|http)/,
  ],
  ['log: pino', /node_modules\/(pino|@pinojs|thread-stream|sonic-boom)/],
  ['fingerprints', /\/(canonical-json|fingerprint)\.js|^node:internal\/crypto|^(update|digest|Hash)$/],
  ['Jisr’s own code', /\/dist\//],
  ['loading modules', /^node:internal\/modules|^(wrapSafe|compileFunction)/],
  ['other packages', /node_modules\//],
];
const REST = 'Node itself';
const IDLE = '(idle)';

/** Of the main thread that answers, not of the one in which workflows run: Node numbers them, the main one 0. */
const OF_A_MAIN_THREAD = /\.0\.\d+\.cpuprofile$/;

/** Of the busiest main thread among the profiles in the folder. */
export function summarizeThread(folder: string): Pick<ProfileSummary, 'threadBusyPercent' | 'areas'> {
  const profiles = readdirSync(folder)
    .filter((file) => OF_A_MAIN_THREAD.test(file))
    .map((file) => cpuProfile.parse(JSON.parse(readFileSync(join(folder, file), 'utf8'))));
  const [first] = profiles.map(timeByArea).sort((a, b) => busy(b) - busy(a));
  const times = required(first, `a CPU profile in ${folder}`);
  const all = [...times.values()].reduce((sum, one) => sum + one, 0);
  const areas = [...times]
    .filter(([area]) => area !== IDLE)
    .map(([area, time]) => ({ area, percent: round((100 * time) / busy(times)) }))
    .sort((a, b) => b.percent - a.percent);
  return { threadBusyPercent: round((100 * busy(times)) / all), areas };
}

function timeByArea({ nodes, samples, timeDeltas }: CpuProfile): ReadonlyMap<string, number> {
  const areas = new Map(
    nodes.map(({ id, callFrame }) => [id, areaOf(callFrame.url, callFrame.functionName)]),
  );
  const times = new Map<string, number>();
  for (const [place, node] of samples.entries()) {
    const area = areas.get(node) ?? REST;
    times.set(area, (times.get(area) ?? 0) + (timeDeltas[place] ?? 0));
  }
  return times;
}

function areaOf(url: string, functionName: string): string {
  if (functionName === IDLE) return IDLE;
  return AREAS.find(([, fits]) => fits.test(url === '' ? functionName : url))?.[0] ?? REST;
}

function busy(times: ReadonlyMap<string, number>): number {
  return [...times].reduce((sum, [area, time]) => sum + (area === IDLE ? 0 : time), 0);
}

function round(percent: number): number {
  return Math.round(percent * 10) / 10;
}
