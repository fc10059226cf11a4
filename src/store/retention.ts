// Drops what is older than it has to be kept: payloads of events that are done, what subscribers answered to them, and
// what came of settled quarantine. Rows stay, so that a copy that comes again is still known.
import { sql } from 'drizzle-orm';
import type { Database } from './database';
import { transaction } from './database';

export interface Dropped {
  readonly payloads: number;
  readonly answers: number;
}

export interface DroppedStretch extends Dropped {
  /** All events up to here have nothing left to drop, or were skipped: see `isClean`. */
  readonly place: number;
  /** None was skipped because it is not done yet, or not old enough. */
  readonly isClean: boolean;
}

/** Of `seq`, in one transaction. */
const STRETCH = 500;

/** The newest event that is old enough; null when there is none. By the database's clock. */
export async function lastOldSeq(db: Database, days: number): Promise<number | null> {
  const { rows } = await db.execute<{ seq: number }>(sql`
    select seq from events where received_at < now() - ${days} * interval '1 day'
    order by received_at desc, seq desc limit 1`);
  return rows[0]?.seq ?? null;
}

/**
 * Dead letters keep what they need for a retry, however old they are, and so does what is not done.
 *
 * @param after the place where the stretch before it ended
 */
export async function dropStretch(
  db: Database,
  days: number,
  after: number,
  lastSeq: number,
): Promise<DroppedStretch> {
  const place = Math.min(after + STRETCH, lastSeq);
  return transaction(db, 'select 1', async (tx) => {
    // Under lock, in the order of acceptance: nobody replays meanwhile what loses its payload here.
    const { rows } = await tx.execute<{ seq: number; is_done: boolean }>(sql`
      select seq, status in ('processed', 'discarded') and received_at < now() - ${days} * interval '1 day' as is_done
      from events where seq > ${after} and seq <= ${place} order by seq for no key update`);
    const done = rows.flatMap(({ seq, is_done: isDone }) => (isDone ? [seq] : []));
    const isClean = done.length === rows.length;
    if (done.length === 0) return { place, isClean, payloads: 0, answers: 0 };
    const seqs = sql`any(array(select json_array_elements_text(${JSON.stringify(done)}::json)::bigint))`;
    const payloads = await tx.execute(sql`
      update events set payload = null, payload_dropped_at = now()
      where seq = ${seqs} and payload is not null`);
    const answers = await tx.execute(sql`
      update delivery_attempts set response = null
      where response is not null and delivery_id in (select id from deliveries where event_seq = ${seqs})`);
    return { place, isClean, payloads: payloads.rowCount ?? 0, answers: answers.rowCount ?? 0 };
  });
}

/** Of what was settled so long ago, at most so many. Answers how many there were. */
export async function dropQuarantined(db: Database, days: number, limitRows: number): Promise<number> {
  const { rowCount } = await db.execute(sql`
    update quarantine set raw = ''::bytea, raw_dropped_at = now()
    where id in (
      select id from quarantine
      where status <> 'open' and raw_dropped_at is null
        and coalesce(settled_at, last_at) < now() - ${days} * interval '1 day'
      order by id limit ${limitRows})`);
  return rowCount ?? 0;
}
