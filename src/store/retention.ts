// Drops what is older than it has to be kept: payloads of events that are done, what subscribers answered to them, and
// what came of settled quarantine. Rows stay, so that a copy that comes again is still known.
import { sql, type SQL } from 'drizzle-orm';
import { anyNumber } from './any-of';
import type { Database } from './database';

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

/** Of `seq`, at once. */
const STRETCH = 500;

/** The newest event that is old enough; null when there is none. By the database's clock. */
export async function lastOldSeq(db: Database, days: number): Promise<number | null> {
  const { rows } = await db.execute<{ seq: number }>(sql`
    select seq from events where received_at < now() - ${days} * interval '1 day'
    order by received_at desc, seq desc limit 1`);
  return rows[0]?.seq ?? null;
}

/**
 * Dead letters keep what they need for a retry, however old they are, and so does what is not done. Only what has
 * something to drop is locked: behind an old dead letter all is looked at every night.
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
  const { rows } = await db.execute<{ seq: number; is_done: boolean; has_something: boolean }>(sql`
    select e.seq, ${isDone(days)} as is_done, e.payload is not null or exists (
        select from deliveries d join delivery_attempts a on a.delivery_id = d.id
        where d.event_seq = e.seq and a.response is not null
      ) as has_something
    from events e where e.seq > ${after} and e.seq <= ${place} order by e.seq`);
  const toDrop = rows.flatMap((row) => (row.is_done && row.has_something ? [row.seq] : []));
  const dropped = await dropOf(db, days, toDrop);
  const isClean = rows.every((row) => row.is_done) && dropped.events === toDrop.length;
  return { place, isClean, payloads: dropped.payloads, answers: dropped.answers };
}

/** `events`: those that were still done under the lock. */
async function dropOf(
  db: Database,
  days: number,
  found: readonly number[],
): Promise<Dropped & { readonly events: number }> {
  if (found.length === 0) return { events: 0, payloads: 0, answers: 0 };
  return db.transaction(async (tx) => {
    // Under lock, in the order of acceptance: nobody replays meanwhile what loses its payload here.
    const { rows } = await tx.execute<{ seq: number }>(sql`
      select e.seq from events e where e.seq = ${anyNumber(found)} and ${isDone(days)}
      order by e.seq for no key update`);
    const seqs = anyNumber(rows.map(({ seq }) => seq));
    const payloads = await tx.execute(sql`
      update events set payload = null, payload_dropped_at = now()
      where seq = ${seqs} and payload is not null`);
    const answers = await tx.execute(sql`
      update delivery_attempts set response = null
      where response is not null and delivery_id in (select id from deliveries where event_seq = ${seqs})`);
    return { events: rows.length, payloads: payloads.rowCount ?? 0, answers: answers.rowCount ?? 0 };
  });
}

/** Of the event `e`: nothing more becomes of it, and it is old enough. */
function isDone(days: number): SQL {
  return sql`(e.status in ('processed', 'discarded') and e.received_at < now() - ${days} * interval '1 day')`;
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
