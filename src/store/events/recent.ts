// The newest events as the present clients read them: by page number, with their payload; and what came since.
// Bounded whatever is asked: what has no index is looked for among the newest only.
import { and, desc, eq, gt, gte, lte, sql } from 'drizzle-orm';
import type { JsonObject, Operation, Priority } from '../../domain/event';
import type { EventState } from '../../domain/event-state';
import { priorityOf, rankOf } from '../../domain/priority';
import type { Database } from '../database';
import { events } from '../schema';
import { settledSeq } from './settled';

export interface RecentFilter {
  readonly model?: string | undefined;
  readonly recordId?: number | undefined;
  readonly operation?: Operation | undefined;
  readonly priority?: Priority | undefined;
  readonly category?: string | undefined;
  readonly status?: EventState | undefined;
  /** Accepted then or later. */
  readonly sinceMs?: number | undefined;
}

export interface RecentEvent {
  readonly seq: number;
  readonly key: string;
  readonly source: string;
  readonly model: string;
  readonly recordId: number;
  readonly operation: Operation;
  readonly occurredAtMs: number;
  readonly receivedAtMs: number;
  readonly processedAtMs: number | null;
  readonly priority: Priority;
  readonly category: string | null;
  readonly status: EventState;
  readonly changedFields: readonly string[] | null;
  readonly payload: JsonObject | null;
}

/** Operation, priority and category have no index: so many of the newest that fit the rest are looked at. */
const LOOKED_AT_ROWS = 20_000;

/** Newest first. */
export async function recentEvents(
  db: Database,
  filter: RecentFilter,
  page: { readonly limitRows: number; readonly offset: number },
): Promise<readonly RecentEvent[]> {
  const newest = db
    .select({
      seq: events.seq,
      operation: events.operation,
      priority: events.priority,
      category: events.category,
    })
    .from(events)
    .where(
      and(
        filter.model === undefined ? undefined : eq(events.model, filter.model),
        filter.recordId === undefined ? undefined : eq(events.recordId, filter.recordId),
        filter.status === undefined ? undefined : eq(events.status, filter.status),
        filter.sinceMs === undefined ? undefined : gte(events.receivedAt, new Date(filter.sinceMs)),
      ),
    )
    // By time where that is asked for, which is what its index has.
    .orderBy(...(filter.sinceMs === undefined ? [] : [desc(events.receivedAt)]), desc(events.seq))
    .limit(LOOKED_AT_ROWS)
    .as('newest');
  // Numbers first: a payload is read only of what is answered.
  const found = db
    .select({ seq: newest.seq })
    .from(newest)
    .where(
      and(
        filter.operation === undefined ? undefined : eq(newest.operation, filter.operation),
        filter.priority === undefined ? undefined : eq(newest.priority, rankOf(filter.priority)),
        filter.category === undefined ? undefined : eq(newest.category, filter.category),
      ),
    )
    .orderBy(desc(newest.seq))
    .limit(page.limitRows)
    .offset(page.offset)
    .as('found');
  const rows = await db
    .select(SHOWN)
    .from(events)
    .innerJoin(found, eq(found.seq, events.seq))
    .orderBy(desc(events.seq));
  return rows.map(({ occurredAt, receivedAt, processedAt, priority, ...same }) => ({
    ...same,
    occurredAtMs: occurredAt.getTime(),
    receivedAtMs: receivedAt.getTime(),
    processedAtMs: processedAt?.getTime() ?? null,
    priority: priorityOf(priority),
  }));
}

const SHOWN = {
  seq: events.seq,
  key: events.key,
  source: events.source,
  model: events.model,
  recordId: events.recordId,
  operation: events.operation,
  occurredAt: events.occurredAt,
  receivedAt: events.receivedAt,
  processedAt: events.processedAt,
  priority: events.priority,
  category: events.category,
  status: events.status,
  changedFields: events.changedFields,
  payload: events.payload,
};

export interface NewsOfModel {
  readonly model: string;
  readonly count: number;
  readonly lastReceivedAtMs: number;
}

/** What the newest events, up to `limitRows`, are about: those accepted later than `sinceMs`, without what is not settled. */
export async function newsByModel(
  db: Database,
  sinceMs: number | undefined,
  limitRows: number,
): Promise<readonly NewsOfModel[]> {
  // Or the time of a late commit would lie before the last that was told.
  const upTo = await settledSeq(db);
  const newest = db
    .select({ model: events.model, receivedAt: events.receivedAt })
    .from(events)
    .where(
      and(
        lte(events.seq, upTo),
        sinceMs === undefined ? undefined : gt(events.receivedAt, new Date(sinceMs)),
      ),
    )
    .orderBy(desc(events.receivedAt), desc(events.seq))
    .limit(limitRows)
    .as('newest');
  const count = sql<number>`count(*)::float8`;
  return db
    .select({
      model: newest.model,
      count,
      lastReceivedAtMs: sql<number>`(extract(epoch from max(${newest.receivedAt})) * 1000)::float8`,
    })
    .from(newest)
    .groupBy(newest.model)
    .orderBy(desc(count), newest.model);
}
