// Writes what was decided about a set of copies: new events, second ids, copies. Decides nothing.
import { sql } from 'drizzle-orm';
import type { Channel, EventCopy, OdooUser, Priority } from '../../domain/event';
import { rankOf } from '../../domain/priority';
import type { Database } from '../database';

export interface NewEvent extends Omit<EventCopy, 'eventId' | 'priority'> {
  readonly key: string;
  readonly source: string;
  readonly channel: Channel;
  readonly id: string;
  readonly priority: Priority;
  /** How long the process that inserts it has to start it; null leaves it to the dispatcher. */
  readonly leaseMs: number | null;
}

/** Inserts all, in their order. Answers each key's place in the order of acceptance. */
export async function insertEvents(
  db: Database,
  events: readonly NewEvent[],
): Promise<ReadonlyMap<string, number>> {
  if (events.length === 0) return new Map();
  const rows = events.map((event, place) => ({
    place,
    key: event.key,
    source: event.source,
    channel: event.channel,
    push_id: event.channel === 'push' ? event.id : null,
    pull_id: event.channel === 'pull' ? event.id : null,
    model: event.model,
    record_id: event.recordId,
    operation: event.operation,
    occurred_at_ms: event.occurredAtMs,
    priority: rankOf(event.priority),
    category: event.category,
    user_id: event.user?.id ?? null,
    user_name: event.user?.name ?? null,
    changed_fields: event.changedFields,
    payload: event.payload,
    lease_ms: event.leaseMs,
  }));
  const inserted = await db.execute<{ seq: number; key: string }>(sql`
    insert into events (key, source, channel, push_id, pull_id, model, record_id, operation, occurred_at,
      priority, category, user_id, user_name, changed_fields, payload, lease_until)
    select key, source, channel, push_id, pull_id, model, record_id, operation,
      to_timestamp(occurred_at_ms / 1000.0), priority, category, user_id, user_name, changed_fields, payload,
      now() + lease_ms * interval '1 ms'
    from json_to_recordset(${JSON.stringify(rows)}::json) as r(
      place int, key text, source text, channel text, push_id text, pull_id text, model text, record_id bigint,
      operation text, occurred_at_ms float8, priority smallint, category text, user_id bigint, user_name text,
      changed_fields jsonb, payload jsonb, lease_ms float8)
    order by place
    returning seq, key`);
  return new Map(inserted.rows.map((row) => [row.key, row.seq]));
}

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
  await db.execute(sql`
    update events e set push_id = r.push_id, pull_id = r.pull_id, priority = r.priority,
      category = r.category, user_id = r.user_id, user_name = r.user_name
    from json_to_recordset(${JSON.stringify(rows)}::json) as r(
      seq bigint, push_id text, pull_id text, priority smallint, category text, user_id bigint, user_name text)
    where e.seq = r.seq`);
}
