// The few numbers that stand for many. Pure.

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The middle one; of an even number of values the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = ascending(values);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? at(sorted, middle) : (at(sorted, middle - 1) + at(sorted, middle)) / 2;
}

export function spread(values: readonly number[]): Spread {
  const sorted = ascending(values);
  return { median: median(sorted), min: at(sorted, 0), max: at(sorted, sorted.length - 1) };
}

/**
 * By nearest rank: a value that was really measured.
 * @param percent above 0, at most 100
 */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = ascending(values);
  return at(sorted, Math.ceil((percent / 100) * sorted.length) - 1);
}

/** Round by round: what was measured side by side is compared with each other. */
export function ratios(values: readonly number[], yardstick: readonly number[]): readonly number[] {
  if (values.length !== yardstick.length) throw new Error('each round needs its yardstick');
  return values.map((value, round) => value / at(yardstick, round));
}

function ascending(values: readonly number[]): readonly number[] {
  return [...values].sort((a, b) => a - b);
}

function at(values: readonly number[], place: number): number {
  const value = values[place];
  if (value === undefined) throw new Error('there are no values to take a number from');
  return value;
}
