// Numbers that look random and are the same for the same seed.
// Never for secrets.

/** A number of 32 bits that belongs to these parts. */
export function hash32(...parts: readonly (number | string)[]): number {
  let hash = 0x811c9dc5;
  for (const char of parts.join('/')) {
    hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
  }
  // FNV leaves neighbouring inputs close together: spread the bits.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The element that belongs to a number. */
export function pick<T>(from: readonly [T, ...T[]], number: number): T {
  return from[number % from.length] ?? from[0];
}
