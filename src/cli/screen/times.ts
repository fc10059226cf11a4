// Times for people: how long ago on a terminal, and the way in, as `2h` or RFC 3339. Pure.

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** `3 min ago`, `in 2 h`, `now`. */
export function relative(time: string, nowMs: number): string {
  const ms = Date.parse(time) - nowMs;
  if (Number.isNaN(ms)) return time;
  const words = span(Math.abs(ms));
  if (words === null) return 'now';
  return ms < 0 ? `${words} ago` : `in ${words}`;
}

/** In its largest unit; null below a second. */
export function span(ms: number): string | null {
  for (const [unit, unitMs] of UNITS) if (ms >= unitMs) return `${Math.floor(ms / unitMs)} ${unit}`;
  return null;
}

const SHORT = /^(\d{1,9})(ms|s|m|min|h|d)$/;
const SHORT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `30s`, `5m`, `2h`, `7d`; null for anything else. */
export function durationMs(text: string): number | null {
  const [, count, unit = ''] = SHORT.exec(text) ?? [];
  const unitMs = SHORT_MS[unit];
  return count === undefined || unitMs === undefined ? null : Number(count) * unitMs;
}

/** A duration before now, or a time that has its zone or is of UTC; null for anything else. */
export function timeGiven(text: string, nowMs: number): string | null {
  const agoMs = durationMs(text);
  if (agoMs !== null) return new Date(nowMs - agoMs).toISOString();
  if (!/^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/.test(text)) return null;
  const zoned = /(Z|[+-]\d\d:\d\d)$/.test(text) || text.length === 10 ? text : `${text}Z`;
  const ms = Date.parse(zoned.replace(' ', 'T'));
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}
