// How far Jisr has come with each model of a source. Written in the transaction that accepts, together with the
// counters, so that a push costs no further statement; under the source's lock, so that nobody waits crosswise.
import { asc, desc, eq, sql, type SQL } from 'drizzle-orm';
import type { CounterTally } from './counters';
import { sendNow, type Database } from './database';
import { syncStates } from './schema';

/** What one transaction accepted of one model. */
export interface ModelProgress {
  readonly model: string;
  /** New events, copies of known ones not counted. */
  readonly events: number;
  /** The key of the last of them in the order of acceptance. */
  readonly lastEventKey: string;
  /** The newest change among them. */
  readonly lastOccurredAtMs: number;
}

export interface ModelState extends ModelProgress {
  readonly lastReceivedAtMs: number;
}

/** Far above the models of any Odoo: what else comes in is somebody's mistake, and no answer is to grow with it. */
const MOST_MODELS = 1_000;

/** Counters and models in one statement, sent at once. Must run under the lock of the source. */
export async function writeProgress(
  db: Database,
  source: string,
  models: readonly ModelProgress[],
  tally: CounterTally,
): Promise<void> {
  if (models.length === 0) {
    await tally.write(db);
    return;
  }
  const counted = tally.statement();
  const statement = db.execute(sql`
    ${counted === null ? sql`` : sql`with counted as (${counted})`}
    ${progressStatement(source, models)}`);
  await sendNow(statement);
}

/** What `writeProgress` writes, as parts of another statement, if the condition holds. */
export function progressAlong(
  source: string,
  models: readonly ModelProgress[],
  tally: CounterTally,
): (onlyIf: SQL) => readonly SQL[] {
  return (onlyIf) => {
    const counted = tally.statement(onlyIf);
    return [
      ...(counted === null ? [] : [sql`counted as (${counted})`]),
      sql`progressed as (${progressStatement(source, models, onlyIf)})`,
    ];
  };
}

function progressStatement(source: string, models: readonly ModelProgress[], onlyIf = sql`true`): SQL {
  const rows = models.map((one) => ({
    model: one.model,
    events: one.events,
    key: one.lastEventKey,
    at_ms: one.lastOccurredAtMs,
  }));
  return sql`
    insert into sync_states as s (source, model, last_event_key, last_occurred_at, events)
    select ${source}, model, key, to_timestamp(at_ms / 1000.0), events
    from json_to_recordset(${JSON.stringify(rows)}::json) as m(model text, events bigint, key text, at_ms float8)
    where ${onlyIf}
    on conflict (source, model) do update set
      last_event_key = excluded.last_event_key,
      last_occurred_at = greatest(s.last_occurred_at, excluded.last_occurred_at),
      last_received_at = excluded.last_received_at,
      events = s.events + excluded.events`;
}

/** The models of a source, by name. */
export async function readModels(db: Database, source: string): Promise<readonly ModelState[]> {
  const rows = await db
    .select()
    .from(syncStates)
    .where(eq(syncStates.source, source))
    .orderBy(asc(syncStates.model))
    .limit(MOST_MODELS);
  return rows.map((row) => ({
    model: row.model,
    events: row.events,
    lastEventKey: row.lastEventKey,
    lastOccurredAtMs: row.lastOccurredAt.getTime(),
    lastReceivedAtMs: row.lastReceivedAt.getTime(),
  }));
}

/** Accepted events by model over all sources, the most first. */
export async function countByModel(
  db: Database,
): Promise<readonly { readonly model: string; readonly count: number }[]> {
  const count = sql<number>`sum(${syncStates.events})::float8`;
  return db
    .select({ model: syncStates.model, count })
    .from(syncStates)
    .groupBy(syncStates.model)
    .orderBy(desc(count), asc(syncStates.model))
    .limit(MOST_MODELS);
}
