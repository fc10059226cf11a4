// What may be done with many events at once, and how far it can be.

/** `retry` and `discard` are for dead letters; `replay` is for whatever is closed. */
export const BULK_ACTS = ['replay', 'retry', 'discard'] as const;
export type BulkAct = (typeof BULK_ACTS)[number];

/** Which deliveries of an event are opened: those that are dead, or all. */
export const REPLAY_SCOPES = ['failed', 'all'] as const;
export type ReplayScope = (typeof REPLAY_SCOPES)[number];

export const REPLAY_STATES = ['running', 'paused', 'done', 'aborted'] as const;
export type ReplayState = (typeof REPLAY_STATES)[number];
