// Up to which event the inbox can be read in order. A transaction takes its numbers before it commits, so a higher
// number can be seen before a lower one; whoever keeps a place in the inbox must not step over that one.
import { setTimeout as after } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { Database } from '../database';
import { SOURCE_LOCKS } from './known';

/** The longer it lasts, the longer until the next look: whoever asks for locks holds up whoever takes one. */
const LOOK_AGAIN_MS = { first: 5, longest: 40 };

/**
 * The `seq` up to which every event is committed, or never will be. A read that begins after the answer sees all of
 * them. Waits for the transactions that accept events at this moment, and for no later ones.
 */
export async function settledSeq(db: Database): Promise<number> {
  const { rows } = await db.execute<{ last: number }>(
    sql`select case when is_called then last_value else 0 end::float8 as last from events_seq_seq`,
  );
  // In a statement of its own: a number given out before was given to one who had the lock then.
  let accepting = await acceptingNow(db);
  for (let waitMs = LOOK_AGAIN_MS.first; accepting.size > 0; waitMs *= 2) {
    await after(Math.min(waitMs, LOOK_AGAIN_MS.longest));
    accepting = common(accepting, await acceptingNow(db));
  }
  return rows[0]?.last ?? 0;
}

/** The transactions that hold the lock of a source. */
async function acceptingNow(db: Database): Promise<ReadonlySet<string>> {
  const { rows } = await db.execute<{ transaction: string }>(sql`
    select virtualtransaction as transaction from pg_locks
    where locktype = 'advisory' and granted and classid = ${SOURCE_LOCKS} and objsubid = 2
      and database = (select oid from pg_database where datname = current_database())`);
  return new Set(rows.map(({ transaction }) => transaction));
}

function common<T>(some: ReadonlySet<T>, others: ReadonlySet<T>): ReadonlySet<T> {
  return new Set([...some].filter((one) => others.has(one)));
}
