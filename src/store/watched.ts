// What is watched beside the counters: subscriptions, their circuits, bulk acts. Small tables, read as a whole.
import { sql } from 'drizzle-orm';
import { REPLAY_STATES, type ReplayState } from '../domain/replay';
import { SUBSCRIPTION_STATUSES, type SubscriptionStatus } from '../domain/subscription';
import type { Database } from './database';

export interface WatchedSubscription {
  readonly name: string;
  readonly status: SubscriptionStatus;
  /** Nothing is sent to it now. */
  readonly isOpen: boolean;
  /** Failed attempts since the last success. */
  readonly failures: number;
}

/** Without the deleted ones. */
export async function readWatchedSubscriptions(db: Database): Promise<readonly WatchedSubscription[]> {
  const { rows } = await db.execute<{
    name: string;
    status: SubscriptionStatus;
    is_open: boolean;
    failures: number;
  }>(sql`
    select s.name, s.status, coalesce(c.open_until > now(), false) as is_open, coalesce(c.failures, 0) as failures
    from subscriptions s left join circuits c on c.subscription_id = s.id
    where s.status <> 'deleted' order by s.name`);
  return rows.map((row) => ({
    name: row.name,
    status: row.status,
    isOpen: row.is_open,
    failures: row.failures,
  }));
}

/** Every state, also those that none is in. */
export async function countReplays(db: Database): Promise<ReadonlyMap<ReplayState, number>> {
  const { rows } = await db.execute<{ state: ReplayState; count: number }>(
    sql`select state, count(*)::int as count from replays group by state`,
  );
  const counted = new Map(rows.map(({ state, count }) => [state, count]));
  return new Map(REPLAY_STATES.map((state) => [state, counted.get(state) ?? 0]));
}

/** Every status but that of the deleted, also those that none has. */
export function countByStatus(
  subscriptions: readonly WatchedSubscription[],
): ReadonlyMap<SubscriptionStatus, number> {
  const kept = SUBSCRIPTION_STATUSES.filter((status) => status !== 'deleted');
  return new Map(kept.map((status) => [status, subscriptions.filter((one) => one.status === status).length]));
}
