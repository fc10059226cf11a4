// Changes what waits for one subscription, under the locks of the events' rows like everything else; some at a time,
// for there may be very many.
import { sql, type SQL } from 'drizzle-orm';
import type { Database } from '../database';
import { lockRows } from '../events/rows';
import { withSteadyPlans } from '../steady-plans';

interface WaitingChange {
  /** Of the deliveries `d` and their events `e`. */
  readonly which: SQL;
  /** To the deliveries `d`, each with its event `e`. */
  readonly change: SQL;
  /** The oldest ones; without it all. */
  readonly mostRows?: number;
}

const ROWS_AT_ONCE = 500;

/** What waits already stands in the order of its record from now on. */
export async function nameRecords(db: Database, subscriptionId: string): Promise<void> {
  await changeWaiting(db, subscriptionId, {
    which: sql`d.record is null`,
    change: sql`record = e.source || ' ' || e.model || '/' || e.record_id`,
  });
}

/** They are due now, whatever they waited for. */
export async function makeDue(db: Database, subscriptionId: string): Promise<void> {
  await changeWaiting(db, subscriptionId, {
    which: sql`d.next_attempt_at > now()`,
    change: sql`next_attempt_at = now()`,
  });
}

/** Marks the oldest of them for the workflows that have them in hand, which are answered, each once. */
export async function markForTheirRuns(
  db: Database,
  subscriptionId: string,
  mostRows: number,
): Promise<readonly string[]> {
  const marked = await changeWaiting(db, subscriptionId, {
    which: sql`e.status <> 'pending'`,
    change: sql`to_open = true`,
    mostRows,
  });
  return [...new Set(marked)];
}

/** Answers the workflows of what it changed; nothing unless `mostRows` bounds it. */
async function changeWaiting(
  db: Database,
  subscriptionId: string,
  { which, change, mostRows }: WaitingChange,
): Promise<readonly string[]> {
  const workflowIds: string[] = [];
  for (let after = 0; ;) {
    const limitRows = Math.min(ROWS_AT_ONCE, (mostRows ?? ROWS_AT_ONCE) - workflowIds.length);
    const from = after;
    const changed = await withSteadyPlans(db, async (tx) => {
      const { rows } = await tx.execute<{ seq: number; key: string; workflow_id: string }>(sql`
        select d.seq, e.key, coalesce(e.workflow_id, e.key) as workflow_id
        from deliveries d join events e on e.seq = d.event_seq
        where d.subscription_id = ${subscriptionId} and d.state = 'waiting' and d.seq > ${from} and ${which}
        order by d.seq limit ${limitRows}`);
      await lockRows(tx, rows);
      const seqs = JSON.stringify(rows.map(({ seq }) => seq));
      await tx.execute(sql`
        update deliveries d set ${change} from events e
        where e.seq = d.event_seq and d.state = 'waiting' and ${which}
          and d.seq = any(array(select json_array_elements_text(${seqs}::json)::bigint))`);
      return rows;
    });
    if (mostRows !== undefined) workflowIds.push(...changed.map((row) => row.workflow_id));
    const last = changed.at(-1);
    if (last === undefined || changed.length < ROWS_AT_ONCE) return workflowIds;
    after = last.seq;
  }
}
