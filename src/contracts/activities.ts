// What workflows ask of the world. Plain JSON in and out: keys, cursors and counts, never a payload.
// Every activity may run twice.
import type { EventState } from '../domain/event-state';
import type { RunStanding } from '../domain/run';
import type { PulledPageSummary, SyncSettings } from '../domain/sync';

export interface RunRef {
  readonly key: string;
  readonly runId: string;
}

/** Null when the inbox has no such event: it was emptied while Temporal kept the run. */
export type RouteAnswer = { readonly status: EventState; readonly standing: RunStanding } | null;

/** What is set for a source: its configuration, and over it what was set at run time. */
export interface SourceSetup {
  readonly settings: SyncSettings;
  readonly paused: boolean;
  readonly pausedReason: string | null;
}

/** What is kept of a source's settings; `null` as configured, absent as it is. */
export interface SourceSettingsChange {
  readonly source: string;
  readonly paused?: boolean;
  readonly pausedReason?: string | null;
  readonly intervalMs?: number | null;
  readonly limitRows?: number | null;
}

export interface StartAnswer {
  readonly started: number;
  /** True when there may be more to start at once. */
  readonly more: boolean;
  readonly paused: boolean;
  readonly pausedReason: string | null;
}

export interface LookAfterAnswer {
  readonly renewed: number;
  readonly returned: number;
  readonly deadLettered: number;
}

/** On the task queue of workflows and storage. */
export interface StorageActivities {
  /** Takes the event in hand for this run. */
  route(run: RunRef): Promise<RouteAnswer>;
  /** Closes the event, unless a newer run has it. */
  complete(run: RunRef): Promise<void>;
  loadSource(input: { readonly source: string }): Promise<SourceSetup>;
  saveSource(change: SourceSettingsChange): Promise<SourceSetup>;
  saveProcessing(input: { readonly paused: boolean; readonly reason: string | null }): Promise<void>;
}

export interface DispatchActivities {
  /** Starts what may start, until nothing waits or some seconds have passed. */
  startEvents(): Promise<StartAnswer>;
  /** Looks whether the runs of events that stand in hand for long still live. */
  lookAfterEvents(input: { readonly closedSinceMs: number }): Promise<LookAfterAnswer>;
}

export interface PullRequest {
  readonly source: string;
  readonly cursor: number;
  readonly limitRows: number;
  /** Pulling was held back before: go on only well below the limit. */
  readonly holding: boolean;
}

export type PullAnswer =
  | { readonly kind: 'held'; readonly pending: number }
  | ({ readonly kind: 'page'; readonly ids: readonly number[] } & PulledPageSummary);

export interface AcknowledgeAnswer {
  readonly acknowledged: number;
  /** Ids that Odoo refuses, alone, while its health is good. */
  readonly refused: readonly number[];
}

/** On the task queue of Odoo. */
export interface OdooActivities {
  /** Fetches a page and commits it. When it answers, the page is durable. */
  pullPage(request: PullRequest): Promise<PullAnswer>;
  /** Tells Odoo that these are processed: only what is committed. */
  acknowledge(input: {
    readonly source: string;
    readonly ids: readonly number[];
  }): Promise<AcknowledgeAnswer>;
}
