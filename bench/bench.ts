// What a bench is, and what it gets to work with.
import type { FigureBook } from './figures';
import type { Lab } from './parts/lab';

export interface Bench {
  /** Of its file in `results`, and on the command line. */
  readonly name: string;
  readonly title: string;
  /** For docs/benchmarks.md: what is measured, beside what, and what to know about it. */
  readonly measures: string;
  run(context: BenchContext): Promise<void>;
}

export interface BenchContext {
  readonly lab: Lab;
  readonly figures: FigureBook;
  readonly rounds: number;
  readonly seed: number;
  readonly isQuick: boolean;
  /** The first in a full run, the second in a quick one. */
  readonly pick: <T>(full: T, quick: T) => T;
  readonly say: (line: string) => void;
}

/** Runs one round after the other. */
export async function eachRound(
  { rounds, say }: BenchContext,
  what: string,
  round: (number: number) => Promise<void>,
): Promise<void> {
  for (let number = 1; number <= rounds; number += 1) {
    say(`  ${what}, round ${number} of ${rounds}`);
    await round(number);
  }
}
