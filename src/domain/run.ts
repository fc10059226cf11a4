// What the start of a run means for an event's row: the row, not Temporal, says whether an event is done.
import type { EventState } from './event-state';

export interface RowInHand {
  readonly status: EventState;
  /** Every run that ever took the row, the newest last. */
  readonly runIds: readonly string[];
}

/**
 * `take`: a run the row has not seen. It takes the row over from whatever state: a first start, a start after
 * a loss, a replay, or Reset in the Web UI. `repeat`: the run in hand asks again, since activities run twice.
 * `older`: a newer run has the row; whatever this one does must change nothing.
 */
export type RunStanding = 'take' | 'repeat' | 'older';

export function standingOf(row: RowInHand, runId: string): RunStanding {
  if (row.runIds.at(-1) === runId) return 'repeat';
  return row.runIds.includes(runId) ? 'older' : 'take';
}
