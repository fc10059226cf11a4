// The newest events as the present clients read them: by page number, with their payload; and what came since.
// Bounded whatever is asked: what has no index is looked for among the newest only.
import { and, desc, eq, getTableColumns, gt, lte, sql } from 'drizzle-orm';
import { rankOf } from '../../domain/priority';
import type { Database } from '../database';
import { events } from '../schema';
import { conditions, toStored, type EventFilter, type StoredEvent } from './read';
import { settledSeq } from './settled';

/** `sinceMs`: accepted then or later. */
export type RecentFilter = Pick<
  EventFilter,
  'model' | 'recordId' | 'operation' | 'priority' | 'status' | 'sinceMs'
> & { readonly category?: string | undefined };

/** Operation, priority and category have no index: so many of the newest that fit the rest are looked at. */
const LOOKED_AT_ROWS = 20_000;

/** Newest first. */
export async function recentEvents(
  db: Database,
  filter: RecentFilter,
  page: { readonly limitRows: number; readonly offset: number },
): Promise<readonly StoredEvent[]> {
  const { model, recordId, status, sinceMs, operation, priority, category } = filter;
  const newest = db
    .select({
      seq: events.seq,
      operation: events.operation,
      priority: events.priority,
      category: events.category,
    })
    .from(events)
    .where(and(...conditions({ model, recordId, status, sinceMs })))
    // By time where that is asked for, which is what its index has.
    .orderBy(...(sinceMs === undefined ? [] : [desc(events.receivedAt)]), desc(events.seq))
    .limit(LOOKED_AT_ROWS)
    .as('newest');
  // Numbers first: a payload is read only of what is answered.
  const found = db
    .select({ seq: newest.seq })
    .from(newest)
    .where(
      and(
        operation === undefined ? undefined : eq(newest.operation, operation),
        priority === undefined ? undefined : eq(newest.priority, rankOf(priority)),
        category === undefined ? undefined : eq(newest.category, category),
      ),
    )
    .orderBy(desc(newest.seq))
    .limit(page.limitRows)
    .offset(page.offset)
    .as('found');
  const rows = await db
    .select(getTableColumns(events))
    .from(events)
    .innerJoin(found, eq(found.seq, events.seq))
    .orderBy(desc(events.seq));
  return rows.map(toStored);
}

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
