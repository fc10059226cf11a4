// Makes the compiler prove that a switch over a union is complete.

/** Thrown only when a value escaped its type, e.g. a row written by a newer version. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
