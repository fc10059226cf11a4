// Which destinations did not answer a first try in time: they get no such try for a while, since it would hold a
// place that others need. Lives in the process only: to forget it costs one slow try.

const FOR_MS = 10 * 60_000;

export interface CutOffs {
  note(url: string): void;
  isCutOff(url: string): boolean;
}

export function createCutOffs(nowMs: () => number): CutOffs {
  const untilMs = new Map<string, number>();
  return {
    note: (url) => {
      untilMs.set(new URL(url).origin, nowMs() + FOR_MS);
    },
    isCutOff: (url) => {
      const { origin } = new URL(url);
      const end = untilMs.get(origin);
      if (end === undefined) return false;
      if (end > nowMs()) return true;
      untilMs.delete(origin);
      return false;
    },
  };
}
