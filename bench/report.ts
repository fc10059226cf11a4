// docs/benchmarks.md, from the results alone: no figure in it is typed by hand.
import type { Bench } from './bench';
import { HEAD } from './report-text';
import type { ProfileSummary } from './profile';
import type { BenchResult, Bound, Figure } from './result';
import { median, ratios, spread } from './statistics';

/** @param results at most one of each bench, as of the profiles */
export function report(
  benches: readonly Bench[],
  results: readonly BenchResult[],
  profiles: readonly ProfileSummary[],
): string {
  const sections = benches.flatMap((bench) => {
    const result = results.find(({ name }) => name === bench.name);
    const profile = profiles.find((one) => one.bench === bench.name);
    return [section(bench, result ?? null), ...(profile === undefined ? [] : [profileSection(profile)])];
  });
  return `${[HEAD, ...sections].join('\n\n')}\n`;
}

export function section(bench: Bench, result: BenchResult | null): string {
  const found = result === null ? [`Not measured yet: \`npm run bench ${bench.name}\`.`] : measured(result);
  return [`## ${bench.title}`, bench.measures, ...found].join('\n\n');
}

function profileSection(profile: ProfileSummary): string {
  const { setup, startedAt, commit, machineBusyPercent, threadBusyPercent, areas } = profile;
  return [
    `### Where the time goes: ${setup}`,
    `A run of its own with Node's profiler, ${startedAt.slice(0, 10)}, commit ${commit.slice(0, 10)}. All cores together were busy
${machineBusyPercent} % of the bench, yardsticks included; the main thread of the bridge ${threadBusyPercent} % of its life. Of that time:`,
    ['| | % |', '| --- | --- |', ...areas.map(({ area, percent }) => `| ${area} | ${percent} |`)].join('\n'),
  ].join('\n\n');
}

function measured(result: BenchResult): readonly string[] {
  const groups = [...new Set(result.figures.map(({ group }) => group))];
  return [
    ...(result.quick ? ['**A quick run: it shows that the bench works, and is no figure to believe.**'] : []),
    provenance(result),
    ...result.leftOut.map((what) => `Left out: ${what}.`),
    ...groups.map((group) => table(group, result.figures)),
  ];
}

function provenance({
  startedAt,
  commit,
  dirty,
  machine,
  load,
  versions,
  seed,
  seconds,
}: BenchResult): string {
  const facts = [
    `${startedAt.slice(0, 10)}, commit ${commit.slice(0, 10)}${dirty ? ' with changes' : ''}, seed ${seed}`,
    `${machine.cores} × ${machine.cpu}, ${Math.round(machine.memoryBytes / 2 ** 30)} GiB, ${machine.system}`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
    `load at the start ${load.average.map((one) => one.toFixed(2)).join(' ')}, others used ${load.otherCpuPercent} % of a core`,
    `took ${Math.round(seconds)} s`,
  ];
  return `Measured ${facts.join('; ')}.`;
}

const COLUMNS = ['', 'figure', 'yardstick', 'ratio', 'must hold', 'aim'] as const;

function table(group: string, figures: readonly Figure[]): string {
  const rows = figures
    .filter((figure) => figure.group === group)
    .map((figure) => `| ${cells(figure).join(' | ')} |`);
  const head = [`| ${COLUMNS.join(' | ')} |`, `| ${COLUMNS.map(() => '---').join(' | ')} |`];
  return `### ${group}\n\n${[...head, ...rows].join('\n')}`;
}

function cells(figure: Figure): readonly string[] {
  const { what, unit, rounds, yardstick, bounds } = figure;
  return [
    what,
    withSpread(rounds, unit),
    yardstick === null ? '' : `${yardstick.what}: ${withSpread(yardstick.rounds, unit)}`,
    yardstick === null ? '' : withSpread(ratios(rounds, yardstick.rounds), '×'),
    bounds
      .filter(({ kind }) => kind === 'must')
      .map(verdict(figure))
      .join('; '),
    bounds
      .filter(({ kind }) => kind === 'aim')
      .map(verdict(figure))
      .join('; '),
  ];
}

function withSpread(rounds: readonly number[], unit: Figure['unit']): string {
  const { median: middle, min, max } = spread(rounds);
  const range = rounds.length === 1 ? '' : ` (${short(min)}–${short(max)})`;
  return unit === '×' ? `${short(middle)} ×${range}` : `**${short(middle)}** ${unit}${range}`;
}

function verdict(figure: Figure): (bound: Bound) => string {
  return (bound) => {
    const { limit, value, of } = bound;
    const sign = limit === 'at most' ? '≤' : '≥';
    const asked = `${sign} ${short(value)} ${of === 'ratio' ? '×' : figure.unit}`;
    return `${asked}: ${holds(figure, bound) ? 'holds' : '**missed**'}`;
  };
}

/** Judged by the median of the rounds. */
export function holds({ rounds, yardstick }: Figure, { of, limit, value }: Bound): boolean {
  const judged = median(of === 'ratio' ? ratios(rounds, yardstick?.rounds ?? []) : rounds);
  return limit === 'at most' ? judged <= value : judged >= value;
}

/** Three digits, and no more than the whole number of large ones. */
function short(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return Number(value.toPrecision(3)).toString();
}
