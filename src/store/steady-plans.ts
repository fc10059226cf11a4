// Right after a bulk load the planner knows nothing of the inbox, and may choose to read all of it. For the
// statements of the hot paths, which walk indexes from a few rows, it is told not to.
import { sql, type SQL } from 'drizzle-orm';
import type { Database } from './database';

/** Part of a select list: switches the plans off until the transaction ends. */
export const STEADY_PLANS: SQL = sql`set_config('enable_seqscan', 'off', true),
  set_config('enable_bitmapscan', 'off', true), set_config('enable_hashjoin', 'off', true),
  set_config('enable_mergejoin', 'off', true)`;

/** Runs `work` in a transaction with steady plans. */
export async function withSteadyPlans<T>(db: Database, work: (tx: Database) => Promise<T>): Promise<T> {
  return db.transaction(async (tx) => {
    await tx.execute(sql`select ${STEADY_PLANS}`);
    return work(tx);
  });
}
