// The copies of events: an equal copy that comes again is counted, so a sweep adds no rows.
import { asc, eq, sql } from 'drizzle-orm';
import type { Channel } from '../domain/event';
import type { Database } from './database';
import { eventCopies } from './schema';

export interface CopyToKeep {
  readonly eventSeq: number;
  readonly source: string;
  readonly channel: Channel;
  readonly externalId: string;
  readonly fingerprint: string;
  /** The event's own time, not the copy's. */
  readonly occurredAtMs: number;
}

/** Keeps all; several equal ones in one call are one row counted. */
export async function keepCopies(db: Database, copies: readonly CopyToKeep[]): Promise<void> {
  if (copies.length === 0) return;
  const rows = copies.map((copy) => ({
    event_seq: copy.eventSeq,
    source: copy.source,
    channel: copy.channel,
    external_id: copy.externalId,
    fp: copy.fingerprint,
    at_ms: copy.occurredAtMs,
  }));
  await db.execute(sql`
    insert into event_copies (event_seq, source, channel, fingerprint, external_id, occurred_at, times)
    select event_seq, source, channel, decode(fp, 'hex'), min(external_id), to_timestamp(min(at_ms) / 1000.0),
      count(*)
    from json_to_recordset(${JSON.stringify(rows)}::json) as r(
      event_seq bigint, source text, channel text, external_id text, fp text, at_ms float8)
    group by event_seq, source, channel, fp
    on conflict (event_seq, channel, fingerprint) do update
      set times = event_copies.times + excluded.times, last_at = now()`);
}

export interface KeptCopy {
  readonly channel: Channel;
  readonly externalId: string;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  readonly times: number;
}

/** The copies of one event, the first one first. */
export async function readCopies(db: Database, eventSeq: number): Promise<readonly KeptCopy[]> {
  const rows = await db
    .select()
    .from(eventCopies)
    .where(eq(eventCopies.eventSeq, eventSeq))
    .orderBy(asc(eventCopies.firstAt), asc(eventCopies.channel));
  return rows.map((row) => ({
    channel: row.channel,
    externalId: row.externalId,
    firstAtMs: row.firstAt.getTime(),
    lastAtMs: row.lastAt.getTime(),
    times: row.times,
  }));
}
