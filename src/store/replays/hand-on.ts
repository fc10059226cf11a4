// One page of a bulk act: marks, moves and notes its events, and moves the act's own place, all in one transaction.
// So whoever is killed and comes again begins behind what was handed on, and hands nothing on twice.
import { and, asc, eq, gt, lte, sql } from 'drizzle-orm';
import { isForDeadLetters, verdictOn, type ReplayState, type SkipReason } from '../../domain/replay';
import { CounterTally } from '../counters';
import type { Database } from '../database';
import { discardDeliveries, markToOpen } from '../deliveries/of-events';
import { insertWanted } from '../events/route';
import { lockRows, writeMoves, type LockedRow, type Move } from '../events/rows';
import { events, replays } from '../schema';
import { withSteadyPlansByFilter } from '../steady-plans';
import { activeFilters } from '../subscriptions';
import { fits } from './filter';
import { thoseInOrder } from './in-order';
import { plannedDeliveries } from './planned-deliveries';
import { lockReplay, withSkips, type Replay } from './rows';

/** Of `seq`, in one statement: a page of a filter that fits few events must not read all of the inbox. */
const STRETCH = 20_000;

export type HandedOn =
  | { readonly kind: 'unknown' }
  /** It is not running, or its last page has to be heard of first. */
  | { readonly kind: 'stands'; readonly replay: Replay }
  /** For an earlier event of the next one's record. */
  | { readonly kind: 'waits' }
  | { readonly kind: 'page'; readonly state: ReplayState; readonly done: number; readonly toTell: number };

/** @param most events that are looked at */
export async function handOnPage(db: Database, id: string, most: number): Promise<HandedOn> {
  return withSteadyPlansByFilter(db, async (tx): Promise<HandedOn> => {
    const replay = await lockReplay(tx, id);
    if (replay === null) return { kind: 'unknown' };
    if (replay.state !== 'running' || replay.toTell.length > 0) return { kind: 'stands', replay };
    const { rows, place, isHeld } = await pageOf(tx, replay, most);
    if (isHeld) {
      await waitAt(tx, replay, place);
      return { kind: 'waits' };
    }
    const page = await actOn(tx, replay, rows);
    const isOver = place >= replay.lastSeq && page.toTell.length === 0;
    // What was planned and did not fit any more when its page came.
    const missed = Math.max(
      0,
      replay.planned - (replay.done + page.done + replay.skipped + page.skips.length),
    );
    const skips = [...page.skips, ...Array.from({ length: isOver ? missed : 0 }, () => 'changed' as const)];
    await tx
      .update(replays)
      .set({
        cursorSeq: place,
        done: replay.done + page.done,
        skipped: replay.skipped + skips.length,
        skips: withSkips(replay.skips, skips),
        toTell: page.toTell.map(({ key, workflowId }) => ({ key, workflowId: workflowId ?? key, tries: 0 })),
        waitsFor: null,
        ...(isOver ? { state: 'done' as const, stateReason: null, endedAt: sql`now()` } : {}),
      })
      .where(eq(replays.id, id));
    return { kind: 'page', state: isOver ? 'done' : 'running', done: page.done, toTell: page.toTell.length };
  });
}

interface Page {
  readonly rows: readonly LockedRow[];
  /** Behind them. */
  readonly place: number;
  /** An earlier event of its record holds the next one up. */
  readonly isHeld: boolean;
}

/** The next ones in order, locked. */
async function pageOf(tx: Database, replay: Replay, most: number): Promise<Page> {
  const end = Math.min(replay.cursorSeq + STRETCH, replay.lastSeq);
  const found = await tx
    .select({ seq: events.seq, key: events.key })
    .from(events)
    .where(and(gt(events.seq, replay.cursorSeq), lte(events.seq, end), fits(replay.filter, replay)))
    .orderBy(asc(events.seq))
    .limit(most);
  const all = found.length < most ? end : (found.at(-1)?.seq ?? end);
  if (found.length === 0) return { rows: [], place: all, isHeld: false };
  const locked = [...(await lockRows(tx, found)).values()];
  // Of what is given up nothing is delivered, in whatever order.
  const rows = replay.act === 'discard' ? locked : await thoseInOrder(tx, locked);
  const next = locked[rows.length];
  return next === undefined
    ? { rows, place: all, isHeld: false }
    : { rows, place: next.seq - 1, isHeld: rows.length === 0 };
}

/** It looks often: what is written already is not written again. */
async function waitAt(tx: Database, replay: Replay, place: number): Promise<void> {
  if (replay.waitsFor === 'earlier-event' && replay.cursorSeq === place) return;
  await tx
    .update(replays)
    .set({ cursorSeq: place, waitsFor: 'earlier-event' })
    .where(eq(replays.id, replay.id));
}

interface ActedOn {
  readonly done: number;
  readonly skips: readonly SkipReason[];
  /** Dead letters, whose runs may be parked. */
  readonly toTell: readonly LockedRow[];
}

async function actOn(tx: Database, replay: Replay, rows: readonly LockedRow[]): Promise<ActedOn> {
  if (rows.length === 0) return { done: 0, skips: [], toTell: [] };
  if (!isForDeadLetters(replay)) await insertMissing(tx, replay, rows);
  const deliveries = await plannedDeliveries(
    tx,
    rows.map(({ seq }) => seq),
  );
  const skips: SkipReason[] = [];
  const acted: LockedRow[] = [];
  const moves: Move[] = [];
  const toTell: LockedRow[] = [];
  const toOpen: { readonly id: string }[] = [];
  const toDiscard: { readonly id: string }[] = [];
  for (const row of rows) {
    const verdict = verdictOn(replay, { ...row, deliveries: deliveries.get(row.seq) ?? [] });
    if (verdict.kind === 'skip') {
      skips.push(verdict.why);
      continue;
    }
    acted.push(row);
    if (verdict.kind === 'open') toOpen.push(...verdict.deliveries);
    else toDiscard.push(...verdict.deliveries);
    if (verdict.kind === 'discard' && verdict.whole) moves.push({ row, steps: ['discarded'] });
    if (verdict.kind === 'open' && row.status !== 'dead_letter') moves.push({ row, steps: ['pending'] });
    const isHeard = verdict.kind === 'open' || verdict.whole;
    if (isHeard && row.status === 'dead_letter') toTell.push(row);
  }
  await markToOpen(tx, toOpen);
  await discardDeliveries(tx, toDiscard);
  await noteAll(tx, replay, acted);
  const tally = new CounterTally();
  await writeMoves(tx, moves, tally);
  await tally.write(tx);
  return { done: acted.length, skips, toTell };
}

/** Deliveries to who subscribed since. */
async function insertMissing(tx: Database, replay: Replay, rows: readonly LockedRow[]): Promise<void> {
  const filters = (await activeFilters(tx)).filter(
    ({ id }) => replay.subscriptionId === null || id === replay.subscriptionId,
  );
  await insertWanted(
    tx,
    rows.filter(({ payloadDropped }) => !payloadDropped),
    filters,
  );
}

async function noteAll(tx: Database, replay: Replay, rows: readonly LockedRow[]): Promise<void> {
  if (rows.length === 0) return;
  const { id, act, actor, reason } = replay;
  const seqs = JSON.stringify(rows.map(({ seq }) => ({ seq })));
  await tx.execute(sql`
    insert into event_actions (event_seq, action, actor, reason, replay_id)
    select r.seq, ${act}, ${actor}, ${reason}, ${id} from json_to_recordset(${seqs}::json) as r(seq bigint)
    order by r.seq`);
}
