// Events that leave their batch: they wait again, each for a workflow of its own.
import { isInHand } from '../../domain/event-state';
import { CounterTally } from '../counters';
import type { Database } from '../database';
import { withSteadyPlans } from '../steady-plans';
import { lockRows, standingIn, writeMoves, type RunOfEvent } from './rows';

/** Only what this run has in hand. All at once, so that a record's events keep their order. Answers how many. */
export async function handOver(db: Database, runs: readonly RunOfEvent[]): Promise<number> {
  if (runs.length === 0) return 0;
  return withSteadyPlans(db, async (tx) => {
    const rows = await lockRows(tx, runs);
    const moves = runs.flatMap((run) => {
      const row = rows.get(run.key);
      if (row === undefined || standingIn(row, run) !== 'repeat') return [];
      return isInHand(row.status) ? [{ row, steps: ['pending'] as const, workflowId: run.key }] : [];
    });
    const tally = new CounterTally();
    await writeMoves(tx, moves, tally);
    await tally.write(tx);
    return moves.length;
  });
}
