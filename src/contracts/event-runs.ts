// The port through which activities start runs and ask after them, and wake the dispatcher. control/ implements
// it: only there is the Temporal client used.
import type { SearchableEvent } from './search-attributes';

export interface EventToStart extends SearchableEvent {
  readonly key: string;
}

/** `running`: an open run has the id. `closed`: a closed one has it, and only an own decision starts again. */
export type StartOutcome = 'started' | 'running' | 'closed';

export type RunFate = 'running' | 'completed' | 'broken' | 'unknown';

export interface EventRuns {
  /** @param again start also when a run of this id has completed */
  start(event: EventToStart, again: boolean): Promise<StartOutcome>;
  /** Of the newest run. `broken`: terminated, timed out, failed or cancelled. `unknown`: Temporal knows none. */
  fateOf(workflowId: string): Promise<RunFate>;
  /** Ids of workflows of events that closed since then, at most `limit`. */
  closedSince(sinceMs: number, limit: number): Promise<ReadonlySet<string>>;
}

/** Tells the dispatcher that something waits; never fails, never waits. */
export interface DispatchBell {
  ring(): void;
  /** The dispatcher is looking right now, in this process: it needs no signal. */
  setAwake(awake: boolean): void;
}
