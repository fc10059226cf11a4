// What this process knows of the places that deliveries go to: who did not answer in time, and who has enough
// under way. Lives in the process only: to forget it costs one slow try.

/** A destination that did not answer a first try in time gets no such try for so long. */
const CUT_OFF_MS = 10 * 60_000;
/** To one destination at one time; more would only wait for a connection, and take places from the others. */
const MAX_UNDER_WAY = 16;
/** Of these, for those that wait for their turn; the others find a place then. */
const MAX_IN_TURN = 12;

export interface Destinations {
  noteTimeout(url: string): void;
  /** No first try: it would hold a place that others need. */
  isCutOff(url: string): boolean;
  /** Does the work, unless enough is under way there: then null. */
  visit<T>(url: string, work: () => Promise<T>): Promise<T | null>;
  /** Does the work when there is a place among those that wait, in the order in which they came. */
  inTurn<T>(url: string, work: () => Promise<T>): Promise<T>;
}

export function createDestinations(nowMs: () => number): Destinations {
  const cutOffUntilMs = new Map<string, number>();
  const origins = new Map<string, Origin>();
  const originAt = (url: string): Origin => {
    const name = originOf(url);
    const known = origins.get(name) ?? { underWay: 0, waiting: [] };
    origins.set(name, known);
    return known;
  };
  const doIn = async <T>(origin: Origin, work: () => Promise<T>): Promise<T> => {
    origin.underWay += 1;
    try {
      return await work();
    } finally {
      origin.underWay -= 1;
      if (origin.underWay < MAX_IN_TURN) origin.waiting.shift()?.();
    }
  };
  return {
    noteTimeout: (url) => {
      cutOffUntilMs.set(originOf(url), nowMs() + CUT_OFF_MS);
    },
    isCutOff: (url) => {
      const endMs = cutOffUntilMs.get(originOf(url));
      if (endMs === undefined) return false;
      if (endMs > nowMs()) return true;
      cutOffUntilMs.delete(originOf(url));
      return false;
    },
    visit: async (url, work) => {
      const origin = originAt(url);
      return origin.underWay < MAX_UNDER_WAY ? doIn(origin, work) : null;
    },
    inTurn: async (url, work) => {
      const origin = originAt(url);
      if (origin.underWay < MAX_IN_TURN) return doIn(origin, work);
      return new Promise((resolve) => {
        origin.waiting.push(() => {
          resolve(doIn(origin, work));
        });
      });
    },
  };
}

interface Origin {
  underWay: number;
  readonly waiting: (() => void)[];
}

function originOf(url: string): string {
  return new URL(url).origin;
}
