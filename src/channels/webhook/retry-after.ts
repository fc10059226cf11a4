// Reads the header Retry-After: seconds, or an HTTP date in one of its three spellings.
// Never negative, never more than a day, null for what cannot be read.

const MAX_WAIT_MS = 24 * 60 * 60 * 1000;

const WITH_GMT = /^[A-Z][a-z]{2,8}, .+ GMT$/;
const ASCTIME = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/;

/** In milliseconds from now. */
export function retryAfterMs(header: string | null, nowMs: number): number | null {
  const text = header?.trim() ?? '';
  const waitMs = /^\d+$/.test(text) ? Number(text) * 1000 : timeOf(text) - nowMs;
  return Number.isNaN(waitMs) ? null : Math.min(Math.max(waitMs, 0), MAX_WAIT_MS);
}

function timeOf(text: string): number {
  if (WITH_GMT.test(text)) return Date.parse(text);
  return ASCTIME.test(text) ? Date.parse(`${text} GMT`) : Number.NaN;
}
