// What workflows ask of the world. Plain JSON in and out: keys, cursors and counts, never a payload.
// Every activity may run twice.
import type { DeliveryState } from '../domain/delivery';
import type { EventState } from '../domain/event-state';
import type { BulkAct, ReplayState, ReplayWait, SkipCounts } from '../domain/replay';
import type { RunStanding } from '../domain/run';
import type { PulledPageSummary, SyncSettings } from '../domain/sync';
import type { BatchToProcess } from './workflows';

export interface RunRef {
  readonly key: string;
  readonly runId: string;
}

/** One delivery, for the run that makes it. */
export interface DeliveryRef extends RunRef {
  readonly id: string;
}

/** A delivery that this run has to make. */
export interface DeliveryToMake {
  readonly id: string;
  /** The subscription's name, for people. */
  readonly subscription: string;
  /** It was tried before, so the next attempt keeps to the schedule. */
  readonly tried: boolean;
}

/** Null when the inbox has no such event: it was emptied while Temporal kept the run. */
export type RouteAnswer = {
  readonly status: EventState;
  readonly standing: RunStanding;
  readonly deliveries: readonly DeliveryToMake[];
  /** Ids to tell Odoo: where both channels count with one sequence, a pushed event too. */
  readonly acknowledge: readonly number[];
  /** So long a dead letter waits for a person. */
  readonly deadLetterMs: number;
} | null;

/** `older`: a newer run has the event, and this one must change nothing more. */
export type DeliverAnswer =
  | {
      readonly kind: 'settled';
      readonly delivery: DeliveryState;
      readonly status: EventState;
      /** Why it is dead. */
      readonly failure: DeliveryFailure | null;
    }
  /** Only a first try answers so: the delivery goes on by its schedule. */
  | { readonly kind: 'later'; readonly status: EventState }
  | { readonly kind: 'older' };

export interface DeliveryFailure {
  readonly code: string;
  readonly message: string;
}

/** Null when a newer run has the event. */
export type ReopenAnswer = {
  readonly status: EventState;
  readonly deliveries: readonly DeliveryToMake[];
} | null;

/** What is set for a source: its configuration, and over it what was set at run time. */
export interface SourceSetup {
  readonly settings: SyncSettings;
  readonly paused: boolean;
  readonly pausedReason: string | null;
  /** Odoo is told how far pulling has come. Absent in histories from before it could be: then it is not. */
  readonly reportsSync?: boolean;
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
  /** Closes the event, unless a newer run has it. Answers the state it is in then. */
  complete(run: RunRef): Promise<EventState | null>;
  /** Opens the dead deliveries, or those that a person named. */
  reopen(run: RunRef): Promise<ReopenAnswer>;
  /** What waits for no time any more. */
  due(run: RunRef): Promise<ReopenAnswer>;
  /** Ends every delivery that is not sent. */
  discard(
    input: RunRef & {
      readonly reason: string | null;
      /** Absent in histories from before it was passed on. */
      readonly actor?: string | null;
    },
  ): Promise<EventState | null>;
  loadSource(input: { readonly source: string }): Promise<SourceSetup>;
  saveSource(change: SourceSettingsChange): Promise<SourceSetup>;
  saveProcessing(input: { readonly paused: boolean; readonly reason: string | null }): Promise<void>;
}

/** The first try of a delivery, on the queue of workflows: short, and without waiting. */
export interface FirstTryActivities {
  deliverQuickly(delivery: DeliveryRef): Promise<DeliverAnswer>;
}

/** On the task queue of deliveries. */
export interface DeliveryActivities {
  /** Fails, to be tried again by the schedule, until the delivery is settled. */
  deliver(delivery: DeliveryRef): Promise<DeliverAnswer>;
}

export interface BatchRun extends BatchToProcess {
  readonly workflowId: string;
  readonly runId: string;
}

export interface BatchAnswer {
  /** Events that are done. */
  readonly done: number;
  /** Events that left the batch: a delivery failed, or an earlier event of the record left. */
  readonly handedOver: number;
  /** Ids to tell Odoo: where both channels count with one sequence, pushed events too. */
  readonly acknowledge: readonly number[];
}

/** On the task queue of batches. */
export interface BatchActivities {
  /** Takes the events in hand, delivers each once, and gives back what that does not finish. */
  processBatch(batch: BatchRun): Promise<BatchAnswer>;
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

/** How far pulling has come, for Odoo's own table of devices. */
export interface SyncReport {
  readonly source: string;
  /** Never 0 and never left out: Odoo would begin again from the start. */
  readonly lastEventId: number;
  /** New events since the report before. */
  readonly eventsSynced: number;
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
  /** Writes the report; makes the device that it is about when Odoo does not know it. */
  reportSync(report: SyncReport): Promise<void>;
}

export interface ReplayRef {
  readonly id: string;
}

/** How far a bulk act is. */
export interface ReplayProgress {
  readonly act: BulkAct;
  readonly state: ReplayState;
  /** Why it is paused or aborted. */
  readonly stateReason: string | null;
  readonly waitsFor: ReplayWait | null;
  readonly planned: number;
  readonly done: number;
  readonly skipped: number;
  readonly skips: SkipCounts;
  readonly actor: string | null;
  readonly reason: string;
}

export interface ReplayChange extends ReplayRef {
  readonly to: Exclude<ReplayState, 'done'>;
  readonly reason: string | null;
}

/** Null when the store does not know it: it was emptied while Temporal kept the run. */
export interface HandOnAnswer {
  readonly progress: ReplayProgress | null;
  /** Parked runs that have to hear of it yet, also when it is over. Histories from before this was told have none. */
  readonly leftToTell?: number;
}

export interface ReplayActivities {
  /** Hands events on, until all were looked at, somebody pauses it, or some seconds have passed. */
  handOn(replay: ReplayRef): Promise<HandOnAnswer>;
  /** What is over stays over. */
  changeReplay(change: ReplayChange): Promise<HandOnAnswer>;
}

export interface RetentionAnswer {
  readonly payloads: number;
  /** Answers of subscribers. */
  readonly answers: number;
  /** Settled entries of the quarantine. */
  readonly quarantined: number;
  /** The place where the next call begins; null when nothing more is old enough. */
  readonly next: number | null;
}

export interface RetentionActivities {
  /** Drops what is older, a batch at a time, until nothing is or some seconds have passed. */
  dropOld(input: { readonly payloadDays: number; readonly after: number | null }): Promise<RetentionAnswer>;
}
