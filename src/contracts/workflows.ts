// What the workflows are started with. Small, and free of personal data: the payload lives in the inbox only.
import type { Operation, Priority } from '../domain/event';
import type { SyncState } from '../domain/sync';

export interface EventToProcess {
  readonly key: string;
  readonly source: string;
  readonly model: string;
  readonly recordId: number;
  readonly operation: Operation;
  readonly priority: Priority;
}

/** Events that go together in one workflow. */
export interface BatchToProcess {
  readonly source: string;
  readonly records: readonly BatchRecord[];
}

/** One record with its events, in order. */
export interface BatchRecord {
  readonly model: string;
  readonly recordId: number;
  readonly keys: readonly string[];
}

export interface PullInput {
  readonly source: string;
  /** Carried over by continue-as-new. */
  readonly state?: SyncState;
  /** Continue as new after so many history events, when that is sooner than the server suggests. */
  readonly maxHistoryEvents?: number;
}

export interface DispatchInput {
  /** How long to wait without a signal until the inbox is looked at all the same. */
  readonly tickMs: number;
  readonly maxHistoryEvents?: number;
  readonly counts?: DispatchCounts;
}

export interface DispatchCounts {
  readonly started: number;
  readonly lostRuns: number;
  readonly deadLettered: number;
}

export interface ReplayInput {
  /** Of the row that has its plan. */
  readonly id: string;
  readonly maxHistoryEvents?: number;
}

export interface RetentionInput {
  /** Payloads of events that were accepted longer ago are dropped. */
  readonly payloadDays: number;
  readonly maxHistoryEvents?: number;
  /** Carried over by continue-as-new. */
  readonly dropped?: RetentionCounts;
  readonly after?: number;
}

export interface RetentionCounts {
  readonly payloads: number;
  readonly answers: number;
  readonly quarantined: number;
}
