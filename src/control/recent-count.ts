// How often something happened lately: in the stretch of time that is on, and in the one before it.

export interface RecentCount {
  /** It happened now. */
  add(): void;
  /** In the stretch that was on when it last happened. */
  readonly now: () => number;
  readonly before: () => number;
}

export function createRecentCount(stretchMs: number, nowMs: () => number): RecentCount {
  let stretch = 0;
  let count = 0;
  let countBefore = 0;
  return {
    add: () => {
      const now = Math.floor(nowMs() / stretchMs);
      if (now !== stretch) [stretch, countBefore, count] = [now, now === stretch + 1 ? count : 0, 0];
      count += 1;
    },
    now: () => count,
    before: () => countBefore,
  };
}
