// Right after a bulk load the planner knows nothing of the inbox, and may choose to read all of it. For the
// statements of the hot paths, which walk indexes from a few rows, it is told not to. Nor is it to compile them, which
// takes 100 ms where it overrates what they cost.
import { transaction, type Database, type Last } from './database';

/** Switches the plans off until the transaction ends. */
const STEADY_PLANS = `select ${[
  'jit',
  ...['seqscan', 'bitmapscan', 'hashjoin', 'mergejoin'].map((plan) => `enable_${plan}`),
]
  .map((setting) => `set_config('${setting}', 'off', true)`)
  .join(', ')}`;

/** Reads in a transaction with steady plans, all of it as of one moment. */
export async function withSnapshot<T>(db: Database, read: (tx: Database) => Promise<T>): Promise<T> {
  const opening = 'set transaction isolation level repeatable read, read only';
  return transaction(db, `${opening}; ${STEADY_PLANS}`, read);
}

/**
 * Runs `work` in a transaction with steady plans.
 *
 * @param before a statement without parameters to begin with, a lock for example
 */
export async function withSteadyPlans<T>(
  db: Database,
  work: (tx: Database, last: Last) => Promise<T>,
  before = '',
): Promise<T> {
  return transaction(db, [STEADY_PLANS, before].join('; '), work);
}

/** The same for statements by filter, whose texts vary: none is prepared. */
export async function withSteadyPlansByFilter<T>(
  db: Database,
  work: (tx: Database) => Promise<T>,
): Promise<T> {
  return transaction(db, STEADY_PLANS, work, 'varying');
}
