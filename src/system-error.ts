// Reads what Node says about a failed system call.
// Never decides what a failure means: that is the caller's business.

/** `ENOENT`, `EACCES` …; null for anything that is no system error. */
export function systemErrorCode(error: unknown): string | null {
  // Not `instanceof Error`: under jest, errors of Node's own modules come from another realm.
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}

export function messageOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
  return String(error);
}
