// Events of some models behind a place in the inbox, in the order of acceptance. However far the next one is, only
// what is answered is read: each model is walked in its own index, for no more rows than are asked for.
import { sql } from 'drizzle-orm';
import type { Operation } from '../../domain/event';
import type { Database } from '../database';

export interface ChangedRecord {
  readonly seq: number;
  readonly model: string;
  readonly recordId: number;
  readonly operation: Operation;
  readonly occurredAtMs: number;
}

export interface PlaceInInbox {
  /** The last one seen. */
  readonly after: number;
  /** The last one that may be answered; see `settledSeq`. */
  readonly upTo: number;
  readonly limitRows: number;
}

/** Every model that has events: one step down the index for each. */
export async function modelsInInbox(db: Database): Promise<readonly string[]> {
  const { rows } = await db.execute<{ model: string }>(sql`
    with recursive known(model) as (
      (select model from events order by model limit 1)
      union all
      select (select e.model from events e where e.model > known.model order by e.model limit 1)
      from known where known.model is not null
    )
    select model from known where model is not null`);
  return rows.map(({ model }) => model);
}

/** @param models null for all */
export async function changedAfter(
  db: Database,
  models: readonly string[] | null,
  { after, upTo, limitRows }: PlaceInInbox,
): Promise<readonly ChangedRecord[]> {
  if (models?.length === 0) return [];
  const behind = sql`seq > ${after} and seq <= ${upTo}`;
  const { rows } = await db.execute<{
    seq: number;
    model: string;
    record_id: number;
    operation: Operation;
    occurred_at_ms: number;
  }>(sql`
    select seq, model, record_id, operation, (extract(epoch from occurred_at) * 1000)::float8 as occurred_at_ms
    from ${
      models === null
        ? sql`events where ${behind}`
        : sql`json_array_elements_text(${JSON.stringify(models)}::json) as asked(name) cross join lateral (
            select seq, model, record_id, operation, occurred_at from events
            where model = asked.name and ${behind} order by model, seq limit ${limitRows}
          ) of_model`
    }
    order by seq limit ${limitRows}`);
  return rows.map((row) => ({
    seq: row.seq,
    model: row.model,
    recordId: row.record_id,
    operation: row.operation,
    occurredAtMs: Math.round(row.occurred_at_ms),
  }));
}
