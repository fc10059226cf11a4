// Whether a source is complete: all that Odoo has shown was accepted and has come to its end, or what is missing.
// Pure. Never says complete while something is open, unknown or does not add up.
import type { SyncPhase } from './sync';

/** Ids that Odoo never showed, below the cursor. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  /** Since when an id above it is known. */
  readonly ageMs: number;
}

export interface Reconciled {
  /** Null for a source that only pushes; `unknown` while its workflow does not answer. */
  readonly pull: {
    readonly state: SyncPhase | 'unknown';
    readonly cursor: number | null;
    readonly sweepIntervalMs: number;
  } | null;
  /** Copies that came. */
  readonly pulled: number;
  readonly pushed: number;
  /** What became of them. */
  readonly accepted: number;
  readonly duplicates: number;
  readonly quarantinedCopies: number;
  /** Events that have not come to an end. */
  readonly waiting: number;
  readonly deadLetters: number;
  /** Open ones. */
  readonly quarantined: number;
  /** The lowest pulled id whose event has not come to a good end; null when there is none. */
  readonly lowestOpenId: number | null;
  /** From the lowest on. */
  readonly gaps: readonly Gap[];
}

export interface Verdict {
  readonly complete: boolean;
  /** Every pulled id up to it has come to a good end, as far as Odoo has shown it; null without a pull. */
  readonly completeUpTo: number | null;
  /** In words: what is complete, or all that is missing. */
  readonly text: string;
}

/** Odoo commits out of order: what is missing may still come until so many sweeps have not found it. */
const SWEEPS_UNTIL_A_HOLE = 2;

/** Whether a sweep may still fill it. Afterwards it is a hole of Odoo's: rolled back, or taken by somebody else. */
export function isYoung(gap: Gap, sweepIntervalMs: number): boolean {
  return gap.ageMs < SWEEPS_UNTIL_A_HOLE * sweepIntervalMs;
}

export function judge(source: Reconciled): Verdict {
  const { pull } = source;
  const young = pull === null ? [] : source.gaps.filter((gap) => isYoung(gap, pull.sweepIntervalMs));
  const missing = [
    ...pullFindings(pull),
    ...counted(source.waiting, 'event waits or is under way', 'events wait or are under way'),
    ...counted(source.deadLetters, 'event is a dead letter', 'events are dead letters'),
    ...counted(source.quarantined, 'copy is in quarantine', 'copies are in quarantine'),
    ...young.map(
      (gap) => `${idsOf(gap)} not shown by Odoo for ${seconds(gap)} s: a sweep looks for late commits`,
    ),
    ...sumFindings(source),
  ];
  const completeUpTo = pull?.cursor == null ? null : lowest(pull.cursor, source.lowestOpenId, young);
  if (missing.length > 0) return { complete: false, completeUpTo, text: `incomplete: ${missing.join('; ')}` };
  return {
    complete: true,
    completeUpTo,
    text: completeUpTo === null ? `complete: ${source.accepted} events` : `complete up to ${completeUpTo}`,
  };
}

function pullFindings(pull: Reconciled['pull']): readonly string[] {
  switch (pull?.state) {
    case undefined:
    case 'idle':
    case 'pulling':
      return [];
    case 'paused':
      return ['the source is paused: resume it'];
    case 'holding':
      return ['the inbox is full: Odoo keeps the rest'];
    case 'failing':
      return ['Odoo cannot be pulled: the source says why'];
    case 'unknown':
      return ['whether pulling goes on is unknown: see that Temporal and a worker are up'];
  }
}

function sumFindings(source: Reconciled): readonly string[] {
  const came = source.pulled + source.pushed;
  const became = source.accepted + source.duplicates + source.quarantinedCopies;
  if (came === became) return [];
  return [`${came} copies came and ${became} are accounted for: look into the log`];
}

function lowest(cursor: number, lowestOpenId: number | null, young: readonly Gap[]): number {
  const open = [lowestOpenId, young[0]?.from ?? null].filter((id) => id !== null);
  return Math.min(cursor, ...open.map((id) => id - 1));
}

function counted(count: number, one: string, many: string): readonly string[] {
  return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
}

function idsOf({ from, to }: Gap): string {
  return from === to ? `id ${from}` : `ids ${from} to ${to}`;
}

function seconds({ ageMs }: Gap): number {
  return Math.round(ageMs / 1000);
}
