// What this process knows of the places that deliveries go to: who did not answer in time, and who has enough
// under way. Lives in the process only: to forget it costs one slow try.

/** A destination that did not answer a first try in time gets no such try for so long. */
const CUT_OFF_MS = 10 * 60_000;
/** To one destination at one time; more would only wait for a connection, and take places from the others. */
const MAX_UNDER_WAY = 16;
/** Of those that wait for their turn: their time begins with it, so they must not wait for a connection again. */
const MAX_IN_TURN = 16;

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
  const underWay = new Map<string, number>();
  const turns = new Map<string, InTurn>();
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
      const origin = originOf(url);
      const count = underWay.get(origin) ?? 0;
      if (count >= MAX_UNDER_WAY) return null;
      underWay.set(origin, count + 1);
      try {
        return await work();
      } finally {
        const left = (underWay.get(origin) ?? 1) - 1;
        if (left > 0) underWay.set(origin, left);
        else underWay.delete(origin);
      }
    },
    inTurn: (url, work) => {
      const origin = originOf(url);
      const turn = turns.get(origin) ?? takingTurns(MAX_IN_TURN);
      turns.set(origin, turn);
      return turn(work);
    },
  };
}

type InTurn = <T>(request: () => Promise<T>) => Promise<T>;

function takingTurns(atOnce: number): InTurn {
  let free = atOnce;
  const waiting: (() => void)[] = [];
  return async (request) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await request();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}

function originOf(url: string): string {
  return new URL(url).origin;
}
