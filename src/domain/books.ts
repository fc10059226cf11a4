// The words of reconciliation: what a source's pull, its counters and its ids say.
// Decides only whether an id that is missing may still come.
import type { SyncPhase } from './sync';

/** Ids below the cursor that were never pulled. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  /** Since when the id above it is known by pull; null when that is not known either. */
  readonly ageMs: number | null;
}

/** How the pull of a source stands. */
export interface Pulling {
  readonly state: SyncPhase | 'unknown';
  /** Null while it is not known. */
  readonly cursor: number | null;
  readonly sweepIntervalMs: number;
  /** Since the last whole sweep began; null when there was none, or it is not known. */
  readonly sweptAgoMs: number | null;
  /** Since the last page; null before the first one. */
  readonly pulledAgoMs: number | null;
  /** The last page is late when it is older. */
  readonly lateAfterMs: number;
  /** Why it is paused, or fails. */
  readonly why: string | null;
}

export interface Reconciled {
  /** Null for a source that only pushes. */
  readonly pull: Pulling | null;
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
  /** Events that came to an end: processed or discarded. */
  readonly ended: number;
  /** Open ones. */
  readonly quarantined: number;
  /** The lowest pulled id that has not come to an end; null when there is none, `many` when it was not looked for. */
  readonly lowestOpenId: number | null | 'many';
  /** From the lowest on. */
  readonly gaps: readonly Gap[];
  /** The lowest id that was looked at, where others may lie below; with the age of the first one known. */
  readonly horizon: { readonly from: number; readonly ageMs: number } | null;
}

/**
 * Odoo commits out of order: what is missing may still come, until a sweep has not found it that began a whole sweep
 * interval after it was seen to be missing. From then on it is a hole of Odoo's: rolled back, or taken by another client.
 */
export function mayCome({ ageMs }: { readonly ageMs: number | null }, pull: Pulling): boolean {
  if (ageMs === null) return false;
  return pull.sweptAgoMs === null || ageMs - pull.sweptAgoMs < pull.sweepIntervalMs;
}
