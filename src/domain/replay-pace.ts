// How many events a bulk act may hand on at this moment: below live traffic, and at its own rate. Pure.
import type { ReplayWait } from './replay';

/** Of the places that events in flight have, for replayed ones. Live events find the others free. */
const SHARE = 0.25;
/** A rate that was not used up is kept for a second at most. */
const KEPT_MS = 1_000;

export interface Traffic {
  readonly isPaused: boolean;
  readonly maxInFlight: number;
  /** Pending events that no bulk act handed on. */
  readonly livePending: number;
  /** Events of bulk acts that wait for their run, or that a run has in hand. */
  readonly replayedUnderWay: number;
}

export type Pace =
  | { readonly kind: 'wait'; readonly why: ReplayWait }
  /** 0 when what was handed on before has to come through first. */
  | { readonly kind: 'go'; readonly events: number };

export function placesForReplays(maxInFlight: number): number {
  return Math.max(1, Math.floor(maxInFlight * SHARE));
}

export function paceOf({ isPaused, maxInFlight, livePending, replayedUnderWay }: Traffic): Pace {
  if (isPaused) return { kind: 'wait', why: 'processing-paused' };
  if (livePending > maxInFlight) return { kind: 'wait', why: 'live-traffic' };
  return { kind: 'go', events: Math.max(0, placesForReplays(maxInFlight) - replayedUnderWay) };
}

/** What a rate allows: it fills as time goes by, and every event takes one. */
export interface Allowance {
  readonly events: number;
  readonly atMs: number;
}

export function filled({ events, atMs }: Allowance, nowMs: number, ratePerSecond: number): Allowance {
  const most = Math.max(1, (ratePerSecond * KEPT_MS) / 1_000);
  const passedMs = Math.max(0, nowMs - atMs);
  return { events: Math.min(most, events + (ratePerSecond * passedMs) / 1_000), atMs: nowMs };
}
