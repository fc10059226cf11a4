// What a check-up found, one line each: well, worth a look, or broken, and then what to do. Pure.

export const LEVELS = ['ok', 'warn', 'fail'] as const;
export type Level = (typeof LEVELS)[number];

export interface Finding {
  /** `store`, `odoo main`, `subscription crm` */
  readonly area: string;
  /** What of it was looked at. */
  readonly name: string;
  readonly level: Level;
  readonly detail: string;
  /** What to do; null where nothing is to be done. */
  readonly hint: string | null;
}

export function ok(area: string, name: string, detail: string): Finding {
  return { area, name, level: 'ok', detail, hint: null };
}

export function warn(area: string, name: string, detail: string, hint: string): Finding {
  return { area, name, level: 'warn', detail, hint };
}

export function fail(area: string, name: string, detail: string, hint: string): Finding {
  return { area, name, level: 'fail', detail, hint };
}

export function isHealthy(findings: readonly Finding[]): boolean {
  return findings.every(({ level }) => level !== 'fail');
}

/** `3 d`, `2 h`, `5 min`, `12 s` */
export function spanOf(ms: number): string {
  for (const [unit, unitMs] of UNITS) if (ms >= unitMs) return `${Math.floor(ms / unitMs)} ${unit}`;
  return `${Math.floor(Math.max(0, ms) / 1000)} s`;
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const;
