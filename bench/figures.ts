// Collects what the rounds of a bench measured. Computes nothing.
import type { Bound, Figure, FigureHead } from './result';

export class FigureBook {
  private readonly figures = new Map<string, Figure>();
  readonly leftOut = new Set<string>();

  /** One round of a figure, and of its yardstick when it has one. */
  add(head: FigureHead, value: number, yardstick?: number): void {
    const { group, what, unit, bounds } = head;
    const id = `${group}/${what}`;
    const known = this.figures.get(id);
    const measured = yardstick === undefined ? null : [...(known?.yardstick?.rounds ?? []), yardstick];
    this.figures.set(id, {
      group,
      what,
      unit,
      bounds,
      rounds: [...(known?.rounds ?? []), value],
      yardstick: measured === null ? null : { what: head.yardstick ?? 'yardstick', rounds: measured },
    });
  }

  all(): readonly Figure[] {
    return [...this.figures.values()];
  }
}

type Limit = readonly [limit: Bound['limit'], must: number | null, aim?: number];

/** `bounds('ratio', ['at least', 0.6, 0.75])`: what must hold, and the aim. */
export function bounds(of: Bound['of'], [limit, must, aim]: Limit): Bound[] {
  return [
    ...(must === null ? [] : [{ kind: 'must' as const, of, limit, value: must }]),
    ...(aim === undefined ? [] : [{ kind: 'aim' as const, of, limit, value: aim }]),
  ];
}
