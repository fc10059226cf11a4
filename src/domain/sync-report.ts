// When Odoo is told how far the pull of a source has come. Pure: the workflow folds into it what became of a report.
import type { Reporting, SyncState } from './sync';

export interface DueReport {
  readonly lastEventId: number;
  readonly eventsSynced: number;
  readonly accepted: number;
}

const NOTHING_REPORTED: Reporting = { cursor: 0, accepted: 0, triedMs: 0, failure: null };

const AT_MOST_EVERY_MS = 60_000;

/** Null while it is caught up with nothing new, in the middle of a backlog, or told a moment ago. */
export function dueReport(state: SyncState, nowMs: number): DueReport | null {
  const { reporting, cursor, counts } = state;
  if (reporting === undefined || cursor < 1 || cursor === reporting.cursor) return null;
  if (nowMs < reporting.triedMs + AT_MOST_EVERY_MS) return null;
  // A page with more behind it makes the next pull due at once.
  const isCaughtUp = state.sweep === null && state.nextPullMs > nowMs;
  if (!isCaughtUp) return null;
  return {
    lastEventId: cursor,
    eventsSynced: Math.max(0, counts.accepted - reporting.accepted),
    accepted: counts.accepted,
  };
}

export function withReportTried(state: SyncState, nowMs: number): SyncState {
  return state.reporting === undefined
    ? state
    : { ...state, reporting: { ...state.reporting, triedMs: nowMs } };
}

export function withReported(state: SyncState, report: DueReport, failure: string | null): SyncState {
  if (state.reporting === undefined) return state;
  const told = failure === null ? { cursor: report.lastEventId, accepted: report.accepted } : {};
  return { ...state, reporting: { ...state.reporting, ...told, failure } };
}

/** Switched on or off by the configuration. */
export function withReporting(state: SyncState, on: boolean): SyncState {
  const { reporting, ...rest } = state;
  return on ? { ...rest, reporting: reporting ?? NOTHING_REPORTED } : rest;
}
