// What a bulk act would do: how many events, and which are the first. Never locks, never changes any.
// Reads the inbox a stretch at a time, so that on PGlite's one connection others come in between.
import { and, gt, lte, sql } from 'drizzle-orm';
import type { BulkPlan } from '../../domain/replay';
import type { Database } from '../database';
import { firstEvents, type ListedEvent } from '../events/read';
import { settledSeq } from '../events/settled';
import { events } from '../schema';
import { fits, type ReplayFilter } from './filter';

/** Of `seq`, in one statement. */
const STRETCH = 50_000;
const SAMPLE = 10;

export interface PlannedEvents {
  /** Those that would be handed on. */
  readonly count: number;
  /** Those that cannot be: their payload was dropped. */
  readonly withoutPayload: number;
  /** The newest event there was: what comes later is not of it. */
  readonly lastSeq: number;
  /** The first ones, in order. */
  readonly sample: readonly ListedEvent[];
}

export async function planEvents(db: Database, filter: ReplayFilter, plan: BulkPlan): Promise<PlannedEvents> {
  const lastSeq = await settledSeq(db);
  const all = fits(filter, plan);
  const isDropped = sql`${events.payloadDroppedAt} is not null`;
  const needsPayload = plan.act !== 'discard';
  let [count, withoutPayload] = [0, 0];
  const sample: ListedEvent[] = [];
  for (let from = 0; from < lastSeq; from += STRETCH) {
    const here = and(gt(events.seq, from), lte(events.seq, Math.min(from + STRETCH, lastSeq)), all);
    const [found] = await db
      .select({
        all: sql<number>`count(*)::int`,
        dropped: sql<number>`count(*) filter (where ${isDropped})::int`,
      })
      .from(events)
      .where(here);
    const dropped = needsPayload ? (found?.dropped ?? 0) : 0;
    const there = (found?.all ?? 0) - dropped;
    withoutPayload += dropped;
    count += there;
    if (there === 0 || sample.length === SAMPLE) continue;
    const shown = and(here, needsPayload ? sql`not (${isDropped})` : undefined);
    sample.push(...(await firstEvents(db, shown, SAMPLE - sample.length)));
  }
  return { count, withoutPayload, lastSeq, sample };
}
