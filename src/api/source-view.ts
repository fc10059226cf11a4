// A source as the interface shows it: what its workflow says, what the store knows when Temporal is away.
import type { PullStatus } from '../contracts/messages';
import { BridgeUnavailable } from '../control/bridge-control';
import { readTotals } from '../store/counters';
import { readSourceHealth } from '../store/source-health';
import { readSourceSettings } from '../store/settings';
import type { ApiDependencies, ApiSource } from './dependencies';
import { timeOf } from './present';

type Dependencies = Pick<ApiDependencies, 'store' | 'control'>;

export async function sourceView({ store, control }: Dependencies, source: ApiSource) {
  const [status, health, settings, totals] = await Promise.all([
    source.pull === null ? null : statusOrNull(() => control.pullStatus(source)),
    readSourceHealth(store.db, source.name),
    readSourceSettings(store.db, source.name),
    readTotals(store.db, source.name),
  ]);
  const newest = latest(status?.lastError ?? null, health.lastError);
  return {
    name: source.name,
    state: source.pull === null ? 'push_only' : (status?.state ?? 'unknown'),
    paused_reason: status === null ? settings.pausedReason : status.pausedReason,
    cursor: status?.cursor ?? null,
    last_success_at: timeOf(latestMs(status?.lastSuccessMs ?? null, health.lastSuccessAtMs)),
    last_error:
      newest === null ? null : { code: newest.code, message: newest.message, at: timeOf(newest.atMs) },
    next_pull_at: timeOf(status?.nextPullMs === 0 ? null : (status?.nextPullMs ?? null)),
    interval_ms: status?.settings.intervalMs ?? settings.intervalMs ?? source.pull?.intervalMs ?? null,
    limit: status?.settings.limitRows ?? settings.limitRows ?? source.pull?.limitRows ?? null,
    counts: {
      pulled: totals.of('pulled'),
      pushed: totals.of('pushed'),
      accepted: totals.of('accepted'),
      duplicates: totals.of('duplicates'),
      quarantined: totals.of('quarantined'),
      acknowledged: totals.of('acknowledged'),
      refused: totals.of('refused'),
    },
  };
}

/** A list still answers while Temporal is away: the state is `unknown` then. */
async function statusOrNull(ask: () => Promise<PullStatus>): Promise<PullStatus | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof BridgeUnavailable) return null;
    throw error;
  }
}

type Failure = NonNullable<PullStatus['lastError']>;

function latest(a: Failure | null, b: Failure | null): Failure | null {
  if (a === null || b === null) return a ?? b;
  return a.atMs > b.atMs ? a : b;
}

function latestMs(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
