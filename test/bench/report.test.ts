import { readFileSync } from 'node:fs';
import { BENCHES } from '../../bench/all-benches';
import type { Bench } from '../../bench/bench';
import { bounds } from '../../bench/figures';
import { holds, report, section } from '../../bench/report';
import { DOCUMENT, PROFILES, readProfiles, readResults, RESULTS } from '../../bench/result-files';
import { aFigure, aResult } from './a-result';

const bench: Bench = {
  name: 'push-burst',
  title: 'A burst',
  measures: 'Pushes.',
  run: () => Promise.resolve(),
};

test('docs/benchmarks.md is what the committed results give: `npm run bench -- --report`', () => {
  expect(readFileSync(DOCUMENT, 'utf8')).toBe(report(BENCHES, readResults(RESULTS), readProfiles(PROFILES)));
});

test('every committed result belongs to a bench', () => {
  const names = BENCHES.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(readResults(RESULTS).map(({ name }) => name)));
});

test('a row has the median with its spread, the yardstick, the ratio of the rounds', () => {
  expect(section(bench, aResult())).toContain(
    '| answered | **100** 1/s (90–120) | plain route: **100** 1/s (100–200) | 0.9 × (0.5–1.2) |  |  |',
  );
});

test('what must hold and the aim are judged apart', () => {
  const figure = aFigure({ bounds: bounds('ratio', ['at least', 0.75, 0.95]) });
  const row = section(bench, aResult({ figures: [figure] }));
  expect(row).toContain('| ≥ 0.75 ×: holds | ≥ 0.95 ×: **missed** |');
});

test.each([
  ['at most', 100, true],
  ['at most', 99, false],
  ['at least', 100, true],
  ['at least', 101, false],
] as const)('the median 100 is %s %p: %p', (limit, value, expected) => {
  expect(holds(aFigure(), { kind: 'must', of: 'figure', limit, value })).toBe(expected);
});

test('a quick run says that it is no figure to believe', () => {
  expect(section(bench, aResult({ quick: true }))).toContain('no figure to believe');
});

test('a bench without a result says how to get one', () => {
  expect(section(bench, null)).toContain('Not measured yet: `npm run bench push-burst`');
});

test('a profile says where the time went, behind its bench', () => {
  const profile = {
    bench: 'push-burst',
    setup: 'PGlite, one process',
    startedAt: '2026-01-02T03:04:05.000Z',
    commit: '0123456789abcdef0123456789abcdef01234567',
    machineBusyPercent: 97,
    threadBusyPercent: 81.5,
    areas: [{ area: 'pg and drizzle', percent: 25.1 }],
  };
  const text = report([bench], [aResult()], [profile]);
  expect(text).toContain('busy\n97 % of the bench');
  expect(text.indexOf('| pg and drizzle | 25.1 |')).toBeGreaterThan(text.indexOf('| answered |'));
  expect(report([bench], [aResult()], [{ ...profile, bench: 'drain' }])).not.toContain('pg and drizzle');
});

test('what could not be measured is named', () => {
  expect(section(bench, aResult({ leftOut: ['everything on PostgreSQL'] }))).toContain(
    'Left out: everything on PostgreSQL.',
  );
});
