import { benchResult } from '../../bench/result';
import { FigureBook, bounds } from '../../bench/figures';
import { aFigure, aResult } from './a-result';

test('a result is read as it was written', () => {
  expect(benchResult.parse(JSON.parse(JSON.stringify(aResult())))).toEqual(aResult());
});

const onTheRatio = bounds('ratio', ['at least', 0.5]);

test.each([
  ['no figures', { ...aResult(), figures: [] }],
  ['a figure without rounds', aResult({ figures: [aFigure({ rounds: [], yardstick: null })] })],
  ['a round without its yardstick', aResult({ figures: [aFigure({ rounds: [1, 2] })] })],
  [
    'a bound on a ratio that there is not',
    aResult({ figures: [aFigure({ yardstick: null, bounds: onTheRatio })] }),
  ],
  ['an unknown unit', { ...aResult(), figures: [{ ...aFigure(), unit: 'furlongs' }] }],
  [
    'a figure that is no number',
    { ...aResult(), figures: [aFigure({ rounds: [Number.NaN], yardstick: null })] },
  ],
  ['a short commit', aResult({ commit: '0123456' })],
  ['a field that nobody knows', { ...aResult(), verdict: 'fast' }],
  ['no time', aResult({ startedAt: 'yesterday' })],
  ['no load', { ...aResult(), load: undefined }],
])('a result with %s is refused', (_what, wrong) => {
  expect(benchResult.safeParse(wrong).success).toBe(false);
});

test('a figure keeps its rounds in their order, each with its yardstick', () => {
  const figures = new FigureBook();
  const head = { group: 'g', what: 'w', unit: 'ms' as const, yardstick: 'y', bounds: onTheRatio };
  figures.add(head, 1, 10);
  figures.add(head, 2, 20);
  expect(figures.all()).toEqual([
    {
      group: 'g',
      what: 'w',
      unit: 'ms',
      rounds: [1, 2],
      yardstick: { what: 'y', rounds: [10, 20] },
      bounds: onTheRatio,
    },
  ]);
});
