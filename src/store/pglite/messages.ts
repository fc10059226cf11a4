// What is said between the thread that PGlite runs in and the one that uses it.

export type ThreadRequest =
  | { readonly kind: 'protocol'; readonly bytes: Uint8Array }
  /** What the server does when a connection ends: no transaction, lock or setting outlives it. */
  | { readonly kind: 'reset' }
  | { readonly kind: 'close' };

/** Null: done. The first answer, before any request, says that PGlite has opened its folder, or why not. */
export type ThreadAnswer = { readonly bytes: Uint8Array | null } | { readonly error: string };
