// Events that stand in hand past their lease: perhaps their run is gone.
import { sql } from 'drizzle-orm';
import { CounterTally } from '../counters';
import type { Database } from '../database';
import { withSteadyPlans } from '../steady-plans';
import { lockRows, writeMoves } from './rows';

/** An event in hand past its lease. */
export interface StaleEvent {
  readonly key: string;
  readonly workflowId: string;
  readonly leaseUntilMs: number;
}

/** Processing and delivering rows past their lease, the oldest lease first. */
export async function staleEvents(db: Database, limitRows: number): Promise<readonly StaleEvent[]> {
  const { rows } = await db.execute<{ key: string; workflow_id: string | null; lease_ms: number }>(sql`
    select key, workflow_id, (extract(epoch from lease_until) * 1000)::float8 as lease_ms from events
    where status in ('processing', 'delivering') and lease_until <= now()
    order by lease_until limit ${limitRows}`);
  return rows.map((row) => ({
    key: row.key,
    workflowId: row.workflow_id ?? row.key,
    leaseUntilMs: Math.round(row.lease_ms),
  }));
}

/** How long the event has stood in processing past its lease that has done so the longest; null when none has. */
export async function overdueMs(db: Database): Promise<number | null> {
  const { rows } = await db.execute<{ overdue_ms: number | null }>(sql`
    select (extract(epoch from now() - min(lease_until)) * 1000)::float8 as overdue_ms from events
    where status = 'processing' and lease_until <= now()`);
  return rows[0]?.overdue_ms ?? null;
}

/**
 * Settles a stale event: `renew` when its run lives, else the state it goes to. Nothing happens when the row
 * moved since it was read. Answers whether it did.
 */
export async function settleStale(
  db: Database,
  stale: StaleEvent,
  verdict: 'renew' | 'pending' | 'dead_letter',
): Promise<boolean> {
  return withSteadyPlans(db, async (tx) => {
    const row = (await lockRows(tx, [stale])).get(stale.key);
    if (row?.leaseMs !== stale.leaseUntilMs) return false;
    const tally = new CounterTally();
    if (verdict === 'dead_letter') await endWaiting(tx, row.seq);
    await writeMoves(tx, [{ row, steps: [verdict === 'renew' ? row.status : verdict] }], tally);
    if (verdict === 'pending') tally.add(row.source, 'lost_runs', 1);
    await tally.write(tx);
    return true;
  });
}

/** Nobody makes them any more: waiting, they would hold up later ones of their record. `retry` opens what is dead. */
async function endWaiting(tx: Database, eventSeq: number): Promise<void> {
  await tx.execute(sql`
    update deliveries set state = 'dead', error_class = 'run-ended', next_attempt_at = null, settled_at = now()
    where event_seq = ${eventSeq} and state = 'waiting'`);
}
