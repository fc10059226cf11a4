// A source as the interface shows it: what its workflow says, and what the store knows when Temporal is away.
// Never fails because of Temporal: the state is `unknown` then.
import type { PullStatus } from '../contracts/messages';
import { BridgeUnavailable } from '../control/ask';
import type { BridgeControl, SourceRef } from '../control/bridge-control';
import { SYNC_PHASES, type Reporting } from '../domain/sync';
import { readTotals, type Totals } from '../store/counters';
import { readSourceHealth } from '../store/source-health';
import { readSourceSettings } from '../store/settings';
import type { ApiDependencies, ApiSource } from './dependencies';
import { timeOf } from './present';

/** Of a source that is pulled, what its workflow says; `unknown` while nobody can ask it. */
export const SOURCE_STATES = [...SYNC_PHASES, 'push_only', 'unknown'] as const;
type SourceState = (typeof SOURCE_STATES)[number];

export async function sourceView(
  { store, control }: Pick<ApiDependencies, 'store' | 'control'>,
  source: ApiSource,
) {
  const [answer, health, settings, totals] = await Promise.all([
    source.pull === null ? null : pullStatusIfKnown(control, source),
    readSourceHealth(store.db, source.name),
    readSourceSettings(store.db, source.name),
    readTotals(store.db, source.name),
  ]);
  const status = answer instanceof BridgeUnavailable ? null : answer;
  const state: SourceState = source.pull === null ? 'push_only' : (status?.state ?? 'unknown');
  return {
    name: source.name,
    state,
    // Says why, where the state is unknown.
    state_detail: answer instanceof BridgeUnavailable ? answer.message : null,
    paused_reason: status === null ? settings.pausedReason : status.pausedReason,
    cursor: status?.cursor ?? null,
    last_success_at: timeOf(laterMs(status?.lastSuccessMs ?? null, health.lastSuccessAtMs)),
    last_error: presentFailure(newer(status?.lastError ?? null, health.lastError)),
    next_pull_at: nextPullAt(status),
    interval_ms: status?.settings.intervalMs ?? settings.intervalMs ?? source.pull?.intervalMs ?? null,
    limit: status?.settings.limitRows ?? settings.limitRows ?? source.pull?.limitRows ?? null,
    reported: presentReport(status?.reporting ?? null),
    counts: presentCounts(totals),
  };
}

/** What the workflow says; while Temporal, or a worker that must answer, is away, that. */
export async function pullStatusIfKnown(
  control: BridgeControl,
  source: SourceRef,
): Promise<PullStatus | BridgeUnavailable> {
  try {
    return await control.pullStatus(source);
  } catch (error) {
    if (error instanceof BridgeUnavailable) return error;
    throw error;
  }
}

/** The workflow keeps 0 for "at once", which is no time to show. */
function nextPullAt(status: PullStatus | null): string | null {
  const nextMs = status?.nextPullMs ?? 0;
  return nextMs === 0 ? null : timeOf(nextMs);
}

function presentCounts(totals: Totals) {
  return {
    pulled: totals.of('pulled'),
    pushed: totals.of('pushed'),
    accepted: totals.of('accepted'),
    duplicates: totals.of('duplicates'),
    quarantined: totals.of('quarantined'),
    acknowledged: totals.of('acknowledged'),
    refused: totals.of('refused'),
  };
}

/** What Odoo was told of the pull; null where it is not told, or nothing was to be told yet. */
function presentReport(reporting: Reporting | null) {
  if (reporting === null || reporting.triedMs === 0) return null;
  const { cursor, triedMs, failure } = reporting;
  return { last_event_id: cursor, tried_at: timeOf(triedMs), error: failure };
}

type Failure = NonNullable<PullStatus['lastError']>;

function presentFailure(failure: Failure | null) {
  if (failure === null) return null;
  return { code: failure.code, message: failure.message, at: timeOf(failure.atMs) };
}

function newer(a: Failure | null, b: Failure | null): Failure | null {
  if (a === null || b === null) return a ?? b;
  return a.atMs > b.atMs ? a : b;
}

function laterMs(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
