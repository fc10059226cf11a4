// Whether a source is complete: all that Odoo has shown was accepted and has come to its end, or what is missing.
// Pure. Never says complete while something is open, unknown or does not add up.
import { mayCome, type Reconciled } from './books';
import { findingsOf, type Finding } from './reconciliation-findings';

export interface Verdict {
  readonly complete: boolean;
  /** Every pulled id up to it has come to an end, as far as Odoo has shown it; null when that is not known. */
  readonly completeUpTo: number | null;
  /** Empty when it is complete. */
  readonly findings: readonly Finding[];
  /** In words: what is complete, or all that is missing. */
  readonly text: string;
}

export function judge(source: Reconciled): Verdict {
  const { pull, gaps, horizon, lowestOpenId } = source;
  const lost = gaps.filter(({ ageMs }) => ageMs === null);
  const young = pull === null ? [] : gaps.filter((gap) => mayCome(gap, pull));
  const isBlind = pull !== null && horizon !== null && mayCome(horizon, pull);
  const findings = findingsOf(source, { lost, young, blindBelow: isBlind ? horizon.from : null });

  const open = [...lost, ...young].map(({ from }) => from);
  if (typeof lowestOpenId === 'number') open.push(lowestOpenId);
  const isKnown = pull?.cursor != null && !isBlind && lowestOpenId !== 'many';
  const completeUpTo = isKnown ? Math.min(pull.cursor, ...open.map((id) => id - 1)) : null;
  const complete = findings.length === 0;
  return { complete, completeUpTo, findings, text: textOf() };

  function textOf(): string {
    if (!complete) return `incomplete: ${findings.map(({ message }) => message).join('; ')}`;
    return completeUpTo === null ? `complete: ${source.accepted} events` : `complete up to ${completeUpTo}`;
  }
}
