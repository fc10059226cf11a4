// One event on its way to one subscription: its states, and when it is tried again.

export const DELIVERY_STATES = ['waiting', 'sent', 'dead', 'discarded', 'superseded'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** So that a thousand deliveries that failed together do not all come back in one moment. */
const JITTER = 0.2;

/**
 * How long to wait after `tries` attempts of this round; null when the schedule is used up.
 * The subscriber's own wish counts when it is longer.
 *
 * @param waitsMs the wait before each attempt
 * @param random 0 to 1
 */
export function waitAfter(
  waitsMs: readonly number[],
  tries: number,
  retryAfterMs: number | null,
  random: number,
): number | null {
  const waitMs = waitsMs[tries];
  if (waitMs === undefined) return null;
  const jittered = waitMs * (1 + JITTER * (2 * random - 1));
  return Math.round(Math.max(jittered, retryAfterMs ?? 0));
}
