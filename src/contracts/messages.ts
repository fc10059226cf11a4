// Signals, queries and updates of all workflows: one object argument each, or none.
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { EventState } from '../domain/event-state';
import type { Reporting, SyncCounts, SyncFailure, SyncPhase, SyncSettings } from '../domain/sync';
import type { ReplayProgress } from './activities';
import type { EventToProcess } from './workflows';

/** Reasons are for people; the Web UI may send none, or no argument at all. */
export interface PauseNote {
  readonly reason?: string;
}

/** `actor`: the name of the key that asked; the Web UI sends none. */
export interface DiscardNote extends PauseNote {
  readonly actor?: string;
}

// OdooPullWorkflow, DispatchWorkflow and ReplayWorkflow
export const pauseSignal = defineSignal<[PauseNote?]>('pause');
export const resumeSignal = defineSignal('resume');

// OdooPullWorkflow
export const pullNowSignal = defineSignal('pullNow');
/** The configuration may have changed: sent when a process of Jisr starts. */
export const reloadSignal = defineSignal('reload');
/** Sent by the activity while it is being retried, since only the server knows its failures otherwise. */
export const pullFailedSignal = defineSignal<[SyncFailure]>('pullFailed');

export interface ConfigureInput {
  readonly intervalMs?: number;
  readonly limit?: number;
}
export const configureUpdate = defineUpdate<SyncSettings, [ConfigureInput]>('configure');

export interface PullStatus {
  readonly source: string;
  readonly state: SyncPhase;
  readonly pausedReason: string | null;
  readonly cursor: number;
  readonly lastSuccessMs: number | null;
  readonly lastError: SyncFailure | null;
  readonly nextPullMs: number | null;
  readonly nextSweepMs: number | null;
  readonly settings: SyncSettings;
  readonly counts: SyncCounts;
  readonly refusedIds: readonly number[];
  /** What Odoo was told of it; null where it is not told. A worker of an earlier version says nothing. */
  readonly reporting?: Reporting | null;
  /** When the last whole sweep began; null before the first one. A worker of an earlier version says nothing. */
  readonly sweptMs?: number | null;
}
export const pullStatusQuery = defineQuery<PullStatus>('status');

// DispatchWorkflow
/** At most one every 100 ms; a lost one costs a timer's length. */
export const eventsAcceptedSignal = defineSignal('eventsAccepted');

export interface DispatchStatus {
  readonly state: 'paused' | 'dispatching' | 'idle';
  readonly pausedReason: string | null;
  readonly started: number;
  readonly lostRuns: number;
  readonly deadLettered: number;
}
export const dispatchStatusQuery = defineQuery<DispatchStatus>('status');

// ProcessEventWorkflow
/** Both count only while the event is a dead letter. */
export const retrySignal = defineSignal('retry');
export const discardSignal = defineSignal<[DiscardNote?]>('discard');
/** Deliveries became due before their time: the run makes them now. Harmless at any time. */
export const deliverNowSignal = defineSignal('deliverNow');

export interface EventStatus extends EventToProcess {
  readonly status: EventState;
  /** Subscriptions whose delivery is under way or waits for its next try. */
  readonly delivering: readonly string[];
  readonly dead: readonly {
    readonly subscription: string;
    readonly code: string;
    readonly message: string;
  }[];
}
export const eventQuery = defineQuery<EventStatus>('event');

// ReplayWorkflow
/** It goes on no more; what was handed on stays so. */
export const abortSignal = defineSignal<[PauseNote?]>('abort');
/** Its row was changed: it looks at once. A lost one costs a timer's length. */
export const replayChangedSignal = defineSignal('replayChanged');
/** Null until it has looked. */
export const replayQuery = defineQuery<ReplayProgress | null>('replay');
