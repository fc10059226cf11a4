// The port through which the runs of bulk acts are started and woken. control/ implements it: only there is the
// Temporal client used.
import type { Json } from '../domain/event';
import type { BulkAct, ReplayScope } from '../domain/replay';

/** What people read of it in the Web UI. */
export interface ReplayToStart {
  readonly id: string;
  readonly act: BulkAct;
  readonly scope: ReplayScope;
  /** Its name; null for all. */
  readonly subscription: string | null;
  readonly filter: {
    readonly source?: string | undefined;
    readonly model?: string | undefined;
    readonly [field: string]: Json | undefined;
  };
  readonly ratePerSecond: number;
  readonly planned: number;
  readonly actor: string | null;
  readonly reason: string;
}

/** `gone`: there is none, or it ended by itself before its act was over. */
export type ReplayRunFate = 'running' | 'gone' | 'ended-by-hand';

export interface ReplayRuns {
  /** Does nothing when it runs already. */
  start(replay: ReplayToStart): Promise<void>;
  /** Its row was changed. */
  wake(id: string): Promise<void>;
  fateOf(id: string): Promise<ReplayRunFate>;
}
