// For what the logic guarantees and the types cannot see.

/** Thrown only by a bug: `what` names the thing that should have been there. */
export function required<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new Error(`bug: ${what} is missing`);
  return value;
}
