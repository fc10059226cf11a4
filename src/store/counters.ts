// Numbers per source, changed in the transaction that changes what they count.
import { sql } from 'drizzle-orm';
import type { EventState } from '../domain/event-state';
import type { Database } from './database';
import { counters } from './schema';

export type CounterName =
  | `state:${EventState}`
  | 'pulled' // copies that came by pull
  | 'pushed' // copies that came by push
  | 'accepted' // new events
  | 'duplicates' // copies of known events
  | 'quarantined'
  | 'acknowledged' // ids told to Odoo as processed
  | 'refused' // ids that Odoo does not let us acknowledge
  | 'delivered' // deliveries that a subscriber took
  | 'delivery_attempts'
  | 'dead_deliveries' // deliveries that were given up, or refused
  | 'test_pushes' // connection tests and test events
  | 'renamed_keys' // events whose id was taken by another event
  | 'restarted' // runs started again because the row was open and Temporal knew no open run
  | 'lost_runs'; // rows given back because their run was gone or had completed without closing them

export type CounterChanges = ReadonlyMap<CounterName, number>;

/** Adds, in the order of the names, so that two transactions never wait for each other crosswise. */
export async function addToCounters(db: Database, source: string, changes: CounterChanges): Promise<void> {
  const rows = [...changes]
    .filter(([, by]) => by !== 0)
    .map(([name, by]) => ({ source, name, value: by }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  if (rows.length === 0) return;
  await db
    .insert(counters)
    .values(rows)
    .onConflictDoUpdate({
      target: [counters.source, counters.name],
      set: { value: sql`${counters.value} + excluded.value` },
    });
}

/** One step for each event that went from one state to another. */
export function stateChanges(moves: Iterable<readonly [from: EventState, to: EventState]>): CounterChanges {
  const changes = new Map<CounterName, number>();
  const add = (state: EventState, by: number) =>
    changes.set(`state:${state}`, (changes.get(`state:${state}`) ?? 0) + by);
  for (const [from, to] of moves) {
    add(from, -1);
    add(to, 1);
  }
  return changes;
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
