// The port through which activities start runs and ask after them, and wake the dispatcher. control/ implements
// it: only there is the Temporal client used.
import type { SearchableEvent } from './search-attributes';

export interface EventToStart extends SearchableEvent {
  readonly key: string;
}

export interface BatchToStart {
  readonly workflowId: string;
  readonly source: string;
  /** A record's events follow one another. */
  readonly events: readonly EventToStart[];
}

/** `running`: an open run has the id. `closed`: a closed one has it, and only an own decision starts again. */
export type StartOutcome = 'started' | 'running' | 'closed';

export type RunFate = 'running' | 'completed' | 'broken' | 'unknown';

export type EventSignal =
  | { readonly kind: 'retry' }
  | { readonly kind: 'discard'; readonly reason: string | null; readonly actor: string | null }
  /** Waiting deliveries became due before their time. */
  | { readonly kind: 'deliver-now' };

export interface StartHow {
  /** Start also when a run of this id has completed. */
  readonly again: boolean;
  /** Give its first task to the worker of this process, which saves a way through the server. */
  readonly eager: boolean;
}

export interface EventRuns {
  start(event: EventToStart, how: StartHow): Promise<StartOutcome>;
  /** @throws BatchTooLarge when the server does not take lists of this length */
  startBatch(batch: BatchToStart): Promise<void>;
  /** Tells an event's run what a person wants; false when none is open. Only a dead letter is retried or discarded. */
  signal(workflowId: string, act: EventSignal): Promise<boolean>;
  /** Of the newest run. `broken`: terminated, timed out, failed or cancelled. `unknown`: Temporal knows none. */
  fateOf(workflowId: string): Promise<RunFate>;
  /** Ids of workflows of events and batches that closed since then, at most `limit`. */
  closedSince(sinceMs: number, limit: number): Promise<ReadonlySet<string>>;
}

/** Tells the dispatcher that something waits; never fails, never waits. */
export interface DispatchBell {
  ring(): void;
  /** The dispatcher is looking right now, in this process: it needs no signal. */
  setAwake(awake: boolean): void;
}

/** A search attribute of the batch is larger than the server takes. */
export class BatchTooLarge extends Error {
  constructor(cause: unknown) {
    super('the server takes no search attributes of this size', { cause });
    this.name = 'BatchTooLarge';
  }
}
