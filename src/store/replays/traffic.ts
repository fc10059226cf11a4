// What goes on beside a bulk act: live events that wait, and what was handed on and has not come through yet.
import { sql } from 'drizzle-orm';
import type { Traffic } from '../../domain/replay-pace';
import { required } from '../../domain/required';
import type { Database } from '../database';
import { readProcessingSettings } from '../settings';
import { withSteadyPlans } from '../steady-plans';

/** More are not counted: they are far above any bound. */
const COUNTED = 20_000;

export async function readTraffic(db: Database): Promise<Omit<Traffic, 'maxInFlight'>> {
  const processing = await readProcessingSettings(db);
  // By counters and by the dispatcher's small indexes: never by a look at all that waits.
  const { rows } = await withSteadyPlans(db, (tx) =>
    tx.execute<{
      pending: number;
      replayed_pending: number;
      replayed_in_hand: number;
    }>(sql`
    with replayed as (
      select status from (
        (select seq, status from events where status = 'pending' and run_ids <> '{}' limit ${COUNTED})
        union all
        select seq, status from events where status = 'processing'
      ) e
      where exists (select from event_actions a where a.event_seq = e.seq and a.replay_id is not null)
    )
    select (select coalesce(sum(value), 0)::float8 from counters where name = 'state:pending') as pending,
      count(*) filter (where status = 'pending')::int as replayed_pending,
      count(*) filter (where status = 'processing')::int as replayed_in_hand
    from replayed`),
  );
  const { pending, replayed_pending: waiting, replayed_in_hand: inHand } = required(rows[0], 'the counts');
  return {
    isPaused: processing.paused,
    livePending: Math.max(0, pending - waiting),
    replayedUnderWay: waiting + inHand,
  };
}
