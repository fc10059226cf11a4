// Dead letters of the last page whose runs have to hear of it. Kept until they did: a signal is no part of a transaction.
import { eq, sql } from 'drizzle-orm';
import type { RunToTell, SkipReason } from '../../domain/replay';
import { CounterTally } from '../counters';
import { anyText } from '../any-of';
import type { Database } from '../database';
import { lockRows, writeMoves } from '../events/rows';
import { replays } from '../schema';
import { withSteadyPlans } from '../steady-plans';
import { lockReplay, withSkips } from './rows';

/** Of these, the dead letters that no run has taken again since they were marked. */
export async function stillParked(db: Database, keys: readonly string[]): Promise<ReadonlySet<string>> {
  if (keys.length === 0) return new Set();
  const { rows } = await db.execute<{ key: string }>(sql`
    select e.key from events e
    where e.key = ${anyText(keys)}
      and e.status = 'dead_letter'
      and (exists (select from deliveries d where d.event_seq = e.seq and d.to_open)
        or not exists (select from deliveries d where d.event_seq = e.seq and d.state = 'dead'))`);
  return new Set(rows.map(({ key }) => key));
}

/** Hands dead letters that no open run has to the dispatcher. */
export async function returnAll(db: Database, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await withSteadyPlans(db, async (tx) => {
    const locked = await lockRows(
      tx,
      keys.map((key) => ({ key })),
    );
    const rows = [...locked.values()].filter(({ status }) => status === 'dead_letter');
    const tally = new CounterTally();
    await writeMoves(
      tx,
      rows.map((row) => ({ row, steps: ['pending'] as const })),
      tally,
    );
    await tally.write(tx);
  });
}

/**
 * @param left to be told again
 * @param silent those that are given up: they were not done after all
 */
export async function writeTold(
  db: Database,
  id: string,
  left: readonly RunToTell[],
  silent: number,
): Promise<void> {
  await withSteadyPlans(db, async (tx) => {
    const replay = await lockReplay(tx, id);
    if (replay === null) return;
    const skips = Array.from({ length: silent }, (): SkipReason => 'run-silent');
    await tx
      .update(replays)
      .set({
        toTell: left,
        done: replay.done - silent,
        skipped: replay.skipped + silent,
        skips: withSkips(replay.skips, skips),
      })
      .where(eq(replays.id, id));
  });
}
