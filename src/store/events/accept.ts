// Writes what was decided about a set of copies: new events, second ids, copies. Decides nothing.
import { sql, type SQL } from 'drizzle-orm';
import type { Channel, EventCopy, OdooUser, Priority } from '../../domain/event';
import { rankOf } from '../../domain/priority';
import { anyNumber, anyText } from '../any-of';
import { sendNow, type Database } from '../database';
import { ASKED_COLUMNS, possiblyKnown, type AskedCopy } from './known';

/** With its first copy. */
export interface NewEvent extends Omit<EventCopy, 'eventId' | 'priority'> {
  readonly key: string;
  readonly source: string;
  readonly channel: Channel;
  readonly id: string;
  readonly fingerprint: string;
  readonly priority: Priority;
  /** How long the process that inserts it has to start it; null leaves it to the dispatcher. */
  readonly leaseMs: number | null;
}

export interface InsertedEvent {
  /** Its place in the order of acceptance. */
  readonly seq: number;
  /** Whoever inserted it has the lease, and has to start it. */
  readonly leased: boolean;
}

/**
 * Sends at once what inserts all, in their order, each with its first copy. A lease is given only where nothing stands
 * before the event: no pause, and no event of the same record that waits or is in flight.
 *
 * @throws a unique violation when one of the keys is taken
 */
export async function insertEvents(
  db: Database,
  events: readonly NewEvent[],
): Promise<ReadonlyMap<string, InsertedEvent>> {
  if (events.length === 0) return new Map();
  return send(db, sql`with ${given(events)}, ${insertion(events, sql`true`)}`);
}

/**
 * Sends at once what inserts all of a source, as `insertEvents` does, and writes what goes with them; but nothing at all
 * where one of them may be a copy of a known event, or one of the keys is taken. Answers an empty map then.
 *
 * @param along makes of a condition the statements that go with them, as `name as (statement)`
 * @throws a unique violation when another source takes one of the keys in the same moment
 */
export async function insertIfAllNew(
  db: Database,
  source: string,
  events: readonly NewEvent[],
  along: (onlyIf: SQL) => readonly SQL[],
): Promise<ReadonlyMap<string, InsertedEvent>> {
  const isTaken = sql`select from events where key = ${anyText(events.map(({ key }) => key))}`;
  const allNew = sql`not exists (${possiblyKnown(sql`given`, source)}) and not exists (${isTaken})`;
  const parts = [given(events), insertion(events, allNew), ...along(sql`exists (select from r)`)];
  return send(db, sql`with ${sql.join(parts, sql`, `)}`);
}

async function send(db: Database, statement: SQL): Promise<ReadonlyMap<string, InsertedEvent>> {
  const { rows } = await sendNow(
    db.execute<{ seq: number; key: string; leased: boolean }>(sql`
      ${statement}
      select seq, key, lease_until is not null as leased from r`),
  );
  return new Map(rows.map(({ key, seq, leased }) => [key, { seq, leased }]));
}

/** The events as a table `given`, in their order. */
function given(events: readonly NewEvent[]): SQL {
  const rows = events.map((event, place): AskedCopy & Readonly<Record<string, unknown>> => ({
    place,
    key: event.key,
    source: event.source,
    channel: event.channel,
    id: event.id,
    fp: event.fingerprint,
    model: event.model,
    record_id: event.recordId,
    operation: event.operation,
    occurred_at_ms: event.occurredAtMs,
    priority: rankOf(event.priority),
    category: event.category,
    user_id: event.user?.id ?? null,
    user_name: event.user?.name ?? null,
    changed_fields: event.changedFields,
    lease_ms: event.leaseMs,
  }));
  const payloads = events.map(({ payload }) => (payload === null ? '' : JSON.stringify(payload)));
  return sql`given as materialized (
      select *, to_timestamp(occurred_at_ms / 1000.0) as occurred_at
      from rows from (
        json_to_recordset(${JSON.stringify(rows)}::json) as (
          ${ASKED_COLUMNS}, place int, key text, source text, channel text, operation text, priority smallint,
          category text, user_id bigint, user_name text, changed_fields jsonb, lease_ms float8),
        unnest(string_to_array(${payloads.join(SEPARATOR)}, ${SEPARATOR}))
      ) as g
    )`;
}

/** Inserts what is given, if the condition holds. What was inserted is the table `r`. */
function insertion(events: readonly NewEvent[], onlyIf: SQL): SQL {
  const leasing = events.some(({ leaseMs }) => leaseMs !== null);
  // Received when the source's lock is held, not when it was asked for: times have the order of commits.
  return sql`r as materialized (
      select nextval('events_seq_seq') as seq, *, ${leasing ? LEASE : sql`null::timestamptz`} as lease_until
      from given as r
      where ${onlyIf}
    ), inserted as (
      insert into events (seq, key, source, channel, push_id, pull_id, model, record_id, operation, occurred_at,
        priority, category, user_id, user_name, changed_fields, payload, lease_until, received_at)
      select seq, key, source, channel, case channel when 'push' then id end, case channel when 'pull' then id end,
        model, record_id, operation, occurred_at, priority, category, user_id, user_name, changed_fields,
        nullif(unnest, '')::json, lease_until, statement_timestamp()
      from r
    ), copied as (
      insert into event_copies (event_seq, source, channel, fingerprint, external_id, occurred_at)
      select seq, source, channel, decode(fp, 'hex'), id, occurred_at from r
    )`;
}

/** Stands in no JSON. Payloads go beside the rows: within them, the database would read each twice. */
const SEPARATOR = '\x1e';

/**
 * Of a row `r` to be inserted: until when its inserter may start it, or null. `offset 0`: looked up by the record, where the
 * planner would read all that wait while it believes that they are few.
 */
const LEASE = sql`case when not exists (
    select from settings where name = 'processing' and value ->> 'paused' = 'true'
  ) and not exists (
    select from events e where e.status = 'pending'
      and e.source = r.source and e.model = r.model and e.record_id = r.record_id
    offset 0
  ) and not exists (
    select from events e where e.status = 'processing'
      and e.source = r.source and e.model = r.model and e.record_id = r.record_id
    offset 0
  ) and row_number() over (partition by source, model, record_id order by place) = 1
  then now() + lease_ms * interval '1 ms' end`;

/** What a further copy may change of a known event. */
export interface MergedEvent {
  readonly seq: number;
  readonly pushId: string | null;
  readonly pullId: string | null;
  readonly priority: Priority;
  readonly category: string | null;
  readonly user: OdooUser | null;
}

export async function updateMerged(db: Database, events: readonly MergedEvent[]): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map((event) => ({
    seq: event.seq,
    push_id: event.pushId,
    pull_id: event.pullId,
    priority: rankOf(event.priority),
    category: event.category,
    user_id: event.user?.id ?? null,
    user_name: event.user?.name ?? null,
  }));
  const seqs = rows.map(({ seq }) => seq);
  // Locked in the order of acceptance, as whoever routes does, so that nobody waits crosswise.
  await db.execute(sql`
    select from events
    where seq = ${anyNumber(seqs)}
    order by seq for no key update`);
  await db.execute(sql`
    update events e set push_id = r.push_id, pull_id = r.pull_id, priority = r.priority,
      category = r.category, user_id = r.user_id, user_name = r.user_name
    from json_to_recordset(${JSON.stringify(rows)}::json) as r(
      seq bigint, push_id text, pull_id text, priority smallint, category text, user_id bigint, user_name text)
    where e.seq = r.seq`);
}
