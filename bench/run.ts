// `npm run bench [name…] [-- --quick]`: measures, keeps the results, makes docs/benchmarks.md of all that are kept.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { required } from '../src/domain/required';
import { HOW_TO_INSTALL, findPostgres } from '../test/support/postgres';
import { BENCHES } from './all-benches';
import type { Bench } from './bench';
import { FigureBook } from './figures';
import { machineFacts, machineLoad, watchMachine } from './machine';
import { createLab, type Lab } from './parts/lab';
import { APART, PGLITE, POSTGRES, type Setup } from './parts/setups';
import { summarizeThread } from './profile';
import { report, section } from './report';
import {
  DOCUMENT,
  PROFILES,
  readProfiles,
  readResults,
  RESULTS,
  writeProfile,
  writeResult,
} from './result-files';
import { benchResult, type BenchResult } from './result';
import { commit, versions } from './versions';

const ROUNDS = { full: 3, quick: 1 } as const;

const OPTIONS = {
  quick: { type: 'boolean', default: false },
  /** Results go to a temporary folder; for CI, which asks whether the benches run, not how fast. */
  ci: { type: 'boolean', default: false },
  report: { type: 'boolean', default: false },
  /** One round in which the bridge leaves CPU profiles in bench/profiles: where the time goes is kept, no figure. */
  profile: { type: 'boolean', default: false },
  /** Only there, to look closer; the result is not kept. Of a profile it is `postgres` where it is not given. */
  setup: { type: 'string' },
  seed: { type: 'string', default: '1' },
} as const;

const setupName = z.enum(['postgres', 'apart', 'pglite']);

const SETUPS = [POSTGRES, APART, PGLITE];

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

let lab: Lab | null = null;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
  const chosen = choose(positionals);
  const setup =
    values.setup === undefined && !values.profile ? null : setupName.parse(values.setup ?? 'postgres');
  if (!values.report) {
    const isKept = !values.ci && setup === null;
    const folder = isKept ? RESULTS : mkdtempSync(join(tmpdir(), 'jisr-bench-results-'));
    if (findPostgres() === null) say(`*** LEFT OUT: everything on PostgreSQL. ${HOW_TO_INSTALL}. ***`);
    for (const bench of chosen) {
      const watched = watchMachine();
      const result = await measure(bench, { ...values, setup, seed: Number(values.seed) });
      say(`\n${section(bench, result)}\n`);
      if (values.profile) keepProfile(result, required(setup, 'the setup of a profile'), watched());
      if (!writeResult(folder, result)) say(`a whole run of ${bench.name} is kept: this quick one is not\n`);
    }
    if (!isKept) say(`results: ${folder}`);
    if (!isKept && !values.profile) return;
  }
  writeFileSync(DOCUMENT, report(BENCHES, readResults(RESULTS), readProfiles(PROFILES)));
  say(`made ${DOCUMENT}`);
}

function keepProfile(
  { name, startedAt, commit }: BenchResult,
  setup: Setup['name'],
  machineBusyPercent: number,
) {
  const { title } = required(
    SETUPS.find((one) => one.name === setup),
    'the setup',
  );
  const summary = summarizeThread(profileFolder(name));
  writeProfile(PROFILES, { bench: name, setup: title, startedAt, commit, machineBusyPercent, ...summary });
}

function profileFolder(bench: string): string {
  return join(__dirname, 'profiles', bench);
}

function choose(names: readonly string[]): readonly Bench[] {
  const unknown = names.filter((name) => BENCHES.every((bench) => bench.name !== name));
  if (unknown.length > 0)
    throw new Error(
      `no bench is called ${unknown.join(', ')}: ${BENCHES.map(({ name }) => name).join(', ')}`,
    );
  return names.length === 0 ? BENCHES : BENCHES.filter(({ name }) => names.includes(name));
}

interface MeasureOptions {
  readonly quick: boolean;
  readonly profile: boolean;
  readonly setup: Setup['name'] | null;
  readonly seed: number;
}

async function measure(bench: Bench, { quick, profile, setup, seed }: MeasureOptions): Promise<BenchResult> {
  say(`${bench.name}${quick ? ' (quick)' : ''}`);
  const load = await machineLoad();
  const figures = new FigureBook();
  if (findPostgres() === null) figures.leftOut.add('everything on PostgreSQL, which is not installed');
  const startedAt = new Date();
  if (profile) rmSync(profileFolder(bench.name), { recursive: true, force: true });
  lab = createLab({
    profileFolder: profile ? profileFolder(bench.name) : null,
    onlySetup: setup,
  });
  try {
    await bench.run({
      lab,
      figures,
      seed,
      say,
      rounds: quick || profile ? ROUNDS.quick : ROUNDS.full,
      isQuick: quick,
      pick: (full, short) => (quick ? short : full),
    });
  } finally {
    await lab.close();
    lab = null;
  }
  return benchResult.parse({
    name: bench.name,
    startedAt: startedAt.toISOString(),
    seconds: (Date.now() - startedAt.getTime()) / 1000,
    quick,
    ...commit(),
    seed,
    machine: machineFacts(),
    versions: await versions(),
    load,
    leftOut: [...figures.leftOut],
    figures: figures.all(),
  });
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    say('stopping');
    const closing = lab?.close() ?? Promise.resolve();
    closing.then(
      () => process.exit(130),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
