// How many attempts a second go to each subscription that has a limit. Lives in the process: every worker has its own
// count, so that a limit holds for each of them.

export interface Rates {
  /**
   * Takes a place when one is free within `patienceMs`, and says in how many ms; else says when to ask again.
   */
  take(
    subscriptionId: string,
    perSecond: number,
    patienceMs: number,
  ): { readonly kind: 'taken' | 'later'; readonly inMs: number };
}

/** A tenth of a second's attempts may go at once. */
const BURST_MS = 100;
/** Who is sent away is told a place behind those before him, but none so far off that nobody would keep to it. */
const LONGEST_LATER_MS = 30_000;

export function createRates(nowMs: () => number): Rates {
  /** When the next place is free, and up to when places were named to those that were sent away. */
  const lines = new Map<string, { nextMs: number; namedMs: number }>();
  return {
    take: (subscriptionId, perSecond, patienceMs) => {
      const eachMs = 1_000 / perSecond;
      const now = nowMs();
      const line = lines.get(subscriptionId) ?? { nextMs: 0, namedMs: 0 };
      lines.set(subscriptionId, line);
      const atMs = Math.max(line.nextMs, now - Math.max(BURST_MS - eachMs, 0));
      if (atMs - now <= patienceMs) {
        line.nextMs = atMs + eachMs;
        return { kind: 'taken', inMs: Math.max(Math.ceil(atMs - now), 0) };
      }
      const named = Math.max(line.namedMs, atMs);
      line.namedMs = Math.min(named + eachMs, now + LONGEST_LATER_MS);
      return { kind: 'later', inMs: Math.ceil(Math.min(named, now + LONGEST_LATER_MS) - now) };
    },
  };
}
