// Numbers per source, changed in the transaction that changes what they count.
import { sql, type SQL } from 'drizzle-orm';
import type { Priority } from '../domain/event';
import type { EventState } from '../domain/event-state';
import { sendNow, type Database } from './database';
import { counters } from './schema';

/** Categories that are counted by name: those of auto_webhook. A sender may write any text. */
export const COUNTED_CATEGORIES = ['business', 'system', 'notification', 'custom', 'other', 'none'] as const;
export type CountedCategory = (typeof COUNTED_CATEGORIES)[number];

export function countedCategory(category: string | null): CountedCategory {
  return COUNTED_CATEGORIES.find((known) => known === (category ?? 'none')) ?? 'other';
}

export type CounterName =
  | `state:${EventState}`
  | `priority:${Priority}` // accepted events, by what they are now
  | `category:${CountedCategory}` // the same
  | 'pulled' // copies that came by pull
  | 'pushed' // copies that came by push
  | 'accepted' // new events
  | 'duplicates' // copies of known events
  | 'quarantined' // what is in quarantine and open
  | 'quarantined_copies' // copies that went there, also those that came again
  | 'acknowledged' // ids told to Odoo as processed
  | 'refused' // ids that Odoo does not let us acknowledge
  | 'delivered' // deliveries that a subscriber took
  | 'delivery_attempts'
  | 'dead_deliveries' // deliveries that were given up, or refused
  | 'test_pushes' // connection tests and test events
  | 'renamed_keys' // events whose id was taken by another event
  | 'restarted' // runs started again because the row was open and Temporal knew no open run
  | 'lost_runs'; // rows given back because their run was gone or had completed without closing them

/** Changes of one transaction. Written once, at its end: whoever holds a counter waits for no row any more. */
export class CounterTally {
  private readonly changes = new Map<string, Map<CounterName, number>>();

  add(source: string, name: CounterName, by: number): void {
    const ofSource = this.changes.get(source) ?? new Map<CounterName, number>();
    ofSource.set(name, (ofSource.get(name) ?? 0) + by);
    this.changes.set(source, ofSource);
  }

  /** An event went from one state to another. */
  move(source: string, from: EventState, to: EventState): void {
    this.add(source, `state:${from}`, -1);
    this.add(source, `state:${to}`, 1);
  }

  /** Its statement, which can be a part of another one and depend on it; null when nothing changes. */
  statement(onlyIf = sql`true`): SQL | null {
    // In the order of the names, so that two transactions never wait for each other crosswise.
    const rows = [...this.changes]
      .flatMap(([source, names]) => [...names].map(([name, value]) => ({ source, name, value })))
      .filter(({ value }) => value !== 0)
      .sort((a, b) => (`${a.source} ${a.name}` < `${b.source} ${b.name}` ? -1 : 1));
    if (rows.length === 0) return null;
    return sql`
      insert into counters (source, name, value)
      select source, name, value
      from json_to_recordset(${JSON.stringify(rows)}::json) as c(source text, name text, value bigint)
      where ${onlyIf}
      on conflict (source, name) do update set value = counters.value + excluded.value`;
  }

  async write(db: Database): Promise<void> {
    const statement = this.statement();
    if (statement !== null) await sendNow(db.execute(statement));
  }
}

export async function addToCounters(
  db: Database,
  source: string,
  changes: ReadonlyMap<CounterName, number>,
): Promise<void> {
  const tally = new CounterTally();
  for (const [name, by] of changes) tally.add(source, name, by);
  await tally.write(db);
}

export interface KeptCounter {
  readonly source: string;
  readonly name: string;
  readonly value: number;
}

/** All of every source: a few dozen rows. */
export function readCounters(db: Database): Promise<readonly KeptCounter[]> {
  return db.select().from(counters).orderBy(counters.source, counters.name);
}

export interface Totals {
  readonly states: Readonly<Record<EventState, number>>;
  of(name: CounterName): number;
}

/** Over all sources, or of one. */
export async function readTotals(db: Database, source?: string): Promise<Totals> {
  const rows = await db
    .select({ name: counters.name, value: sql<number>`sum(${counters.value})::float8` })
    .from(counters)
    .where(source === undefined ? undefined : sql`${counters.source} = ${source}`)
    .groupBy(counters.name);
  const values = new Map(rows.map((row) => [row.name, row.value]));
  const of = (name: CounterName): number => values.get(name) ?? 0;
  return {
    of,
    states: {
      pending: of('state:pending'),
      processing: of('state:processing'),
      delivering: of('state:delivering'),
      processed: of('state:processed'),
      dead_letter: of('state:dead_letter'),
      discarded: of('state:discarded'),
    },
  };
}
