// Reads events for people and programs: lists by filter, one by key, what waits the longest.
// A list never sorts or counts the inbox: it walks an index from a cursor.
import { and, asc, desc, eq, getTableColumns, gte, like, lt, lte, or, sql, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { Channel, JsonObject, OdooUser, Operation, Priority } from '../../domain/event';
import { RUN_ENDED } from '../../domain/delivery-failure';
import type { EventState } from '../../domain/event-state';
import { priorityOf, rankOf } from '../../domain/priority';
import type { Database } from '../database';
import { events } from '../schema';

export interface ListedEvent {
  readonly seq: number;
  readonly key: string;
  readonly source: string;
  readonly pushId: string | null;
  readonly pullId: string | null;
  readonly channel: Channel;
  readonly model: string;
  readonly recordId: number;
  readonly operation: Operation;
  readonly occurredAtMs: number;
  readonly receivedAtMs: number;
  readonly processedAtMs: number | null;
  readonly priority: Priority;
  readonly category: string | null;
  readonly user: OdooUser | null;
  readonly changedFields: readonly string[] | null;
  readonly status: EventState;
  readonly workflowId: string | null;
  readonly runId: string | null;
}

export interface StoredEvent extends ListedEvent {
  readonly payload: JsonObject | null;
  /** Null while it is there, and when there never was one. */
  readonly payloadDroppedAtMs: number | null;
}

/** Each that is given must hold. `since` (inclusive) and `until` (exclusive) mean the time of acceptance. */
export interface EventFilter {
  readonly source?: string | undefined;
  readonly model?: string | undefined;
  /** One of these fits; `*` stands for any characters, also none. */
  readonly models?: readonly string[] | undefined;
  readonly recordId?: number | undefined;
  readonly operation?: Operation | undefined;
  readonly priority?: Priority | undefined;
  readonly status?: EventState | undefined;
  readonly channel?: Channel | undefined;
  readonly pushId?: string | undefined;
  readonly pullId?: string | undefined;
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
  /** Has a dead delivery that failed so; `run-ended` also without any delivery. */
  readonly errorClass?: string | undefined;
  /** Has a delivery to this subscription; with `errorClass`, the dead one is to it. */
  readonly subscriptionId?: string | undefined;
  /** A key, an id of Odoo's, or a record as `res.partner/42`. */
  readonly q?: string | undefined;
}

export interface Page {
  readonly order: 'asc' | 'desc';
  readonly limitRows: number;
  /** The `seq` of the last row seen; null begins at the beginning. */
  readonly after: number | null;
  /** Leaves out every `seq` above it. */
  readonly upTo?: number | undefined;
}

/** All but the payload, which can be megabytes. */
const { payload: _payload, ...LISTED } = getTableColumns(events);

/** The first ones in the order of acceptance that the condition holds for. */
export async function firstEvents(
  db: Database,
  where: SQL | undefined,
  limitRows: number,
): Promise<readonly ListedEvent[]> {
  const rows = await db.select(LISTED).from(events).where(where).orderBy(asc(events.seq)).limit(limitRows);
  return rows.map(toListed);
}

export async function listEvents(
  db: Database,
  filter: EventFilter,
  page: Page,
): Promise<readonly ListedEvent[]> {
  const rows = await listQuery(db, filter, page);
  return rows.map(toListed);
}

/**
 * The statement of a list. In the order of acceptance; with `since` or `until` by its time first, which is what their
 * index has. Operation, channel and priority have no index: when few events fit, it reads until it has found them.
 */
export function listQuery(db: Database, filter: EventFilter, page: Page) {
  const isByTime = filter.sinceMs !== undefined || filter.untilMs !== undefined;
  const direction = page.order === 'asc' ? asc : desc;
  return db
    .select(LISTED)
    .from(events)
    .where(
      and(
        ...conditions(filter),
        page.after === null ? undefined : behind(page.after, page.order, isByTime),
        page.upTo === undefined ? undefined : lte(events.seq, page.upTo),
      ),
    )
    .orderBy(...(isByTime ? [direction(events.receivedAt)] : []), direction(events.seq))
    .limit(page.limitRows);
}

/** Both columns are compared at once, as the index has them: one after the other it would be walked from its end. */
function behind(seq: number, order: Page['order'], isByTime: boolean): SQL {
  const than = sql.raw(order === 'asc' ? '>' : '<');
  return isByTime
    ? sql`(${events.receivedAt}, ${events.seq}) ${than}
        ((select seen.received_at from ${events} seen where seen.seq = ${seq}), ${seq}::bigint)`
    : sql`${events.seq} ${than} ${seq}`;
}

/** Null when no event has the key. */
export async function readEvent(db: Database, key: string): Promise<StoredEvent | null> {
  const [row] = await db.select().from(events).where(eq(events.key, key));
  return row === undefined ? null : toStored(row);
}

/** How long the oldest pending event has been waiting, in ms by the database's clock; null when none waits. */
export async function oldestPendingMs(db: Database): Promise<number | null> {
  // The oldest of each source and rank is the first of the dispatcher's index.
  const { rows } = await db.execute<{ age_ms: number | null }>(sql`
    select (extract(epoch from now() - min(oldest.received_at)) * 1000)::float8 as age_ms
    from (select distinct source from counters) s
    cross join (values (1), (3), (5)) as r(rank)
    cross join lateral (
      select received_at from events
      where status = 'pending' and source = s.source and priority = r.rank order by seq limit 1
    ) oldest`);
  return rows[0]?.age_ms ?? null;
}

/** Each that is given. */
export function conditions(filter: EventFilter): readonly (SQL | undefined)[] {
  const equal = (column: PgColumn, value: string | number | undefined) =>
    value === undefined ? undefined : eq(column, value);
  return [
    equal(events.source, filter.source),
    equal(events.model, filter.model),
    filter.models === undefined ? undefined : or(...filter.models.map(fitsModel)),
    equal(events.recordId, filter.recordId),
    equal(events.operation, filter.operation),
    equal(events.priority, filter.priority === undefined ? undefined : rankOf(filter.priority)),
    equal(events.status, filter.status),
    equal(events.channel, filter.channel),
    equal(events.pushId, filter.pushId),
    equal(events.pullId, filter.pullId),
    filter.sinceMs === undefined ? undefined : gte(events.receivedAt, new Date(filter.sinceMs)),
    filter.untilMs === undefined ? undefined : lt(events.receivedAt, new Date(filter.untilMs)),
    delivered(filter),
    filter.q === undefined ? undefined : matches(filter.q),
  ];
}

/** Of both the index of what is dead has all; of one of them, each event's own deliveries are looked at. */
function delivered({ errorClass, subscriptionId }: EventFilter): SQL | undefined {
  if (errorClass === undefined && subscriptionId === undefined) return undefined;
  const own = sql`select from deliveries d where d.event_seq = ${events.seq}`;
  if (errorClass === undefined) return sql`exists (${own} and d.subscription_id = ${subscriptionId})`;
  if (subscriptionId !== undefined)
    return sql`${events.seq} in (select d.event_seq from deliveries d
      where d.state = 'dead' and d.subscription_id = ${subscriptionId} and d.error_class = ${errorClass})`;
  const failed = sql`exists (${own} and d.state = 'dead' and d.error_class = ${errorClass})`;
  if (errorClass !== RUN_ENDED) return failed;
  // It ended before it had any delivery.
  return sql`(${failed} or (${events.status} = 'dead_letter' and not exists (${own} and d.state = 'dead')))`;
}

function fitsModel(pattern: string): SQL {
  if (!pattern.includes('*')) return eq(events.model, pattern);
  return like(events.model, pattern.replaceAll(/[\\%_]/g, '\\$&').replaceAll('*', '%'));
}

function matches(q: string): SQL | undefined {
  const record = /^([a-z0-9_.]+)\/(\d{1,15})$/i.exec(q);
  return or(
    eq(events.key, q),
    eq(events.pushId, q),
    eq(events.pullId, q),
    record === null
      ? undefined
      : and(eq(events.model, record[1] ?? ''), eq(events.recordId, Number(record[2]))),
  );
}

export function toStored(row: typeof events.$inferSelect): StoredEvent {
  return {
    ...toListed(row),
    payload: row.payload,
    payloadDroppedAtMs: row.payloadDroppedAt?.getTime() ?? null,
  };
}

function toListed(row: Omit<typeof events.$inferSelect, 'payload'>): ListedEvent {
  return {
    seq: row.seq,
    key: row.key,
    source: row.source,
    pushId: row.pushId,
    pullId: row.pullId,
    channel: row.channel,
    model: row.model,
    recordId: row.recordId,
    operation: row.operation,
    occurredAtMs: row.occurredAt.getTime(),
    receivedAtMs: row.receivedAt.getTime(),
    processedAtMs: row.processedAt?.getTime() ?? null,
    priority: priorityOf(row.priority),
    category: row.category,
    user: row.userId === null && row.userName === null ? null : { id: row.userId, name: row.userName },
    changedFields: row.changedFields,
    status: row.status,
    workflowId: row.workflowId,
    runId: row.runIds.at(-1) ?? null,
  };
}
