// Dead letters by what failed and where. Reads the dead letters and their deliveries, whatever else the inbox has.
import { sql, type SQL } from 'drizzle-orm';
import { RUN_ENDED } from '../domain/delivery-failure';
import type { Database } from './database';
import { lastErrorClass } from './deliveries/last-error-class';
import { withSteadyPlansByFilter } from './steady-plans';

export interface DeadLetterFilter {
  readonly source?: string | undefined;
  readonly model?: string | undefined;
  /** Of acceptance; `sinceMs` is inclusive, `untilMs` exclusive. */
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
}

export interface DeadLetterGroup {
  readonly errorClass: string;
  /** Null for events whose run ended before it made any delivery. */
  readonly subscription: { readonly id: string; readonly name: string; readonly url: string } | null;
  readonly events: number;
  readonly oldestAtMs: number;
  readonly newestAtMs: number;
  /** Of the last attempt of the newest; null where no attempt is to blame. */
  readonly message: string | null;
  /** The newest ones. */
  readonly sampleKeys: readonly string[];
}

const SAMPLE = 5;

/** The largest group first. An event with several dead deliveries is in several groups. */
export async function deadLetterGroups(
  db: Database,
  filter: DeadLetterFilter,
): Promise<readonly DeadLetterGroup[]> {
  const { rows } = await withSteadyPlansByFilter(db, (tx) => tx.execute<GroupRow>(groupsQuery(filter)));
  return rows.map((row) => ({
    errorClass: row.error_class,
    subscription:
      row.subscription_id === null || row.name === null || row.url === null
        ? null
        : { id: row.subscription_id, name: row.name, url: row.url },
    events: row.events,
    oldestAtMs: Math.round(row.oldest_ms),
    newestAtMs: Math.round(row.newest_ms),
    message: row.message,
    sampleKeys: row.keys,
  }));
}

interface GroupRow extends Record<string, unknown> {
  error_class: string;
  subscription_id: string | null;
  name: string | null;
  url: string | null;
  events: number;
  oldest_ms: number;
  newest_ms: number;
  message: string | null;
  keys: string[];
}

/** To be run with steady plans. */
export function groupsQuery(filter: DeadLetterFilter): SQL {
  return sql`
    with dead as (
      select e.seq, e.key, e.received_at, d.subscription_id, d.id as delivery_id,
        coalesce(d.error_class, ${lastErrorClass(sql`d.id`)}, ${RUN_ENDED}) as error_class
      from events e left join lateral (
        -- Fenced off, so that each event's own are read, never all that are dead.
        select * from (
          select id, subscription_id, error_class, state from deliveries where event_seq = e.seq offset 0
        ) own where state = 'dead'
      ) d on true
      where e.status = 'dead_letter' ${conditions(filter)}
    ), numbered as (
      select *, row_number() over (partition by subscription_id, error_class order by seq desc) as place from dead
    ), grouped as (
      select subscription_id, error_class, count(*)::int as events, min(received_at) as oldest,
        max(received_at) as newest, array_agg(key order by seq desc) filter (where place <= ${SAMPLE}) as keys,
        max(delivery_id) filter (where place = 1) as newest_id
      from numbered group by subscription_id, error_class
    )
    select g.error_class, g.subscription_id, s.name, s.url, g.events, g.keys,
      (extract(epoch from g.oldest) * 1000)::float8 as oldest_ms,
      (extract(epoch from g.newest) * 1000)::float8 as newest_ms,
      (select a.message from delivery_attempts a where a.delivery_id = g.newest_id and g.error_class <> ${RUN_ENDED}
        order by a.number desc limit 1) as message
    from grouped g left join subscriptions s on s.id = g.subscription_id
    order by g.events desc, g.error_class, g.subscription_id`;
}

function conditions({ source, model, sinceMs, untilMs }: DeadLetterFilter): SQL {
  const parts: SQL[] = [];
  if (source !== undefined) parts.push(sql`and e.source = ${source}`);
  if (model !== undefined) parts.push(sql`and e.model = ${model}`);
  if (sinceMs !== undefined) parts.push(sql`and e.received_at >= to_timestamp(${sinceMs}::float8 / 1000)`);
  if (untilMs !== undefined) parts.push(sql`and e.received_at < to_timestamp(${untilMs}::float8 / 1000)`);
  return sql.join(parts, sql` `);
}
