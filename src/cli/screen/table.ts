// Tables and lists of fields. As wide as what they hold; on a terminal cut to its width.
import { fitted, padded, plainLine, widthOf } from './text';

export type Tone = 'good' | 'bad' | 'busy' | 'faint' | 'strong';

/** What stands in a place, and how it looks where there is colour. */
export type Cell = string | { readonly text: string; readonly tone: Tone };

export interface TableLook {
  /** Null: not cut. */
  readonly columns: number | null;
  readonly hasColour: boolean;
}

const GAP = '  ';
/** Nothing is cut below this. */
const LEAST_WIDTH = 8;

export function table(
  titles: readonly string[],
  rows: readonly (readonly Cell[])[],
  look: TableLook,
): readonly string[] {
  const head: readonly Cell[] = titles.map((text) => ({ text, tone: 'strong' }));
  return linesOf([head, ...rows], look);
}

/** One field a line, the names one below the other. Those that are null are left out. */
export function fields(
  pairs: readonly (readonly [name: string, value: Cell | null])[],
  look: TableLook,
): readonly string[] {
  const rows = pairs.flatMap(([name, value]) =>
    value === null ? [] : [[{ text: name, tone: 'faint' as const }, value]],
  );
  return linesOf(rows, { ...look, columns: null });
}

export function painted(cell: Cell, { hasColour }: TableLook): string {
  if (typeof cell === 'string' || !hasColour) return textOf(cell);
  return `\u001b[${CODES[cell.tone]}m${textOf(cell)}\u001b[0m`;
}

const CODES: Readonly<Record<Tone, string>> = { good: '32', bad: '31', busy: '33', faint: '2', strong: '1' };

function linesOf(rows: readonly (readonly Cell[])[], look: TableLook): readonly string[] {
  const widths = widthsWithin(naturalWidths(rows), look.columns);
  return rows.map((row) =>
    row
      .map((cell, place) => {
        const width = widths[place] ?? 0;
        const text = fitted(textOf(cell), width);
        const shown = painted(typeof cell === 'string' ? text : { ...cell, text }, look);
        // No blanks at the end of a line.
        return place === row.length - 1 ? shown : shown + padded('', width - widthOf(text));
      })
      .join(GAP)
      .trimEnd(),
  );
}

function naturalWidths(rows: readonly (readonly Cell[])[]): readonly number[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [place, cell] of row.entries())
      widths[place] = Math.max(widths[place] ?? 0, widthOf(textOf(cell)));
  return widths;
}

/** Takes from the widest, column by column, until all fit. */
function widthsWithin(natural: readonly number[], columns: number | null): readonly number[] {
  if (columns === null) return natural;
  const widths = [...natural];
  let over = widths.reduce((sum, width) => sum + width, 0) + GAP.length * (widths.length - 1) - columns;
  while (over > 0) {
    const widest = Math.max(...widths);
    if (widest <= LEAST_WIDTH) break;
    widths[widths.indexOf(widest)] = widest - 1;
    over -= 1;
  }
  return widths;
}

function textOf(cell: Cell): string {
  return plainLine(typeof cell === 'string' ? cell : cell.text);
}
