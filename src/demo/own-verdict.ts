// What the bridge says of itself, held against what was found. Pure: both come in, what does not fit goes out.
import type { OwnBooks } from './bridge-client';
import type { Verdict } from './verdict';

export interface Compared {
  /** With what does not fit among its findings. */
  readonly verdict: Verdict;
  /** In the bridge's own words. */
  readonly ownWords: string;
}

/** A bridge that is right about others and wrong about itself is not to be trusted either. */
export function compared(verdict: Verdict, books: OwnBooks): Compared {
  const counts = [
    ['events', books.accepted, verdict.events],
    ['processed events', books.processed, verdict.processed],
    ['webhooks delivered', books.delivered, verdict.delivered],
  ] as const;
  const findings = [
    ...verdict.findings,
    ...(books.complete === verdict.ok
      ? []
      : [`the bridge says of itself "${books.verdict}", which is not what was found`]),
    ...counts
      .filter(([, own, found]) => own !== found)
      .map(([what, own, found]) => `the bridge counts ${own} ${what}, and ${found} were found`),
  ];
  return { verdict: { ...verdict, ok: findings.length === 0, findings }, ownWords: books.verdict };
}
