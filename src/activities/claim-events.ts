// Claims what may start now: looks at the first in rank, and further when their records are all busy.
import { BATCH_PREFIX, batchWorkflowId } from '../contracts/names';
import type { BatchToStart, EventToStart } from '../contracts/event-runs';
import { chooseRecords, recordName, type Candidate, type FreePlaces } from '../domain/dispatch-order';
import { priorityOf, rankOf } from '../domain/priority';
import { isBacklog, processingNow, processingOf, type ProcessingPolicy } from '../domain/processing';
import { MAX_BATCH_EVENTS, planStarts, type QueuedEvent } from '../domain/start-plan';
import type { Database } from '../store/database';
import {
  claimRows,
  clearLeases,
  eventsInFlight,
  placesTaken,
  queuesOf,
  sourcesWaiting,
  waitingEvents,
  type EventInFlight,
  type PlacesTaken,
  type QueuedRow,
  type WaitingEvent,
} from '../store/events/claim';
import { withSteadyPlans } from '../store/steady-plans';

/** Time to start what was claimed; when we die before, others may after it. */
const CLAIM_LEASE_MS = 10_000;
/** A look that is wide enough, when it found something. */
const WIDE_ROWS = 2_000;
/** At one time; they count nothing in `maxInFlight`. */
const MAX_BATCHES = 3;

export interface ClaimLimits {
  readonly maxInFlight: number;
  readonly policy: ProcessingPolicy;
  /** The longest list of ids or records that the server takes for a batch. */
  readonly listBytes: number;
  /** There was a backlog at the last look. */
  readonly wasBacklog: boolean;
  readonly nowMs: number;
}

export interface ClaimedEvent extends EventToStart {
  /** A run took it before: a replay, a hand-over, or its run was lost. */
  readonly ranBefore: boolean;
}

export interface Claim {
  readonly events: readonly ClaimedEvent[];
  readonly batches: readonly BatchToStart[];
  /** Whether more waits than was claimed. */
  readonly waiting: boolean;
  readonly isBacklog: boolean;
}

export async function claimEvents(db: Database, limits: ClaimLimits): Promise<Claim> {
  return withSteadyPlans(db, (tx) => claimIn(tx, limits));
}

async function claimIn(db: Database, limits: ClaimLimits): Promise<Claim> {
  const waitingSources = await sourcesWaiting(db);
  const pending = waitingSources.reduce((sum, source) => sum + source.pending, 0);
  const backlog = isBacklog(pending, limits.wasBacklog);
  const nothing = { events: [], batches: [], isBacklog: backlog };
  if (waitingSources.length === 0) return { ...nothing, waiting: false };
  const free = freePlaces(await placesTaken(db, BATCH_PREFIX), limits);
  if (free.single <= 0 && free.batches <= 0) return { ...nothing, waiting: true };
  const inFlight = await eventsInFlight(db);
  const busy = new Set(inFlight.map(recordName));
  const sources = inTurns(waitingSources, inFlight, limits.nowMs);
  // A batch holds one source, and whose turn it is shows later.
  const inBatches = free.batches * MAX_BATCH_EVENTS * sources.length;
  const places = { individually: free.single, in_batches: inBatches };
  const processing = (event: WaitingEvent | QueuedRow) =>
    event.ranBefore ? 'individually' : processingOf(limits.policy, event, backlog);
  const firstPlaces = placesForFirst(limits.policy, backlog, places);
  // Of each kind as many as have a place; nothing is read that could only wait.
  const looks = [
    { ranBefore: true, wanted: places.individually },
    { ranBefore: false, wanted: firstPlaces },
  ].filter(({ wanted }) => wanted > 0);
  // One record with a long queue may fill the first look; then the look gets wider.
  for (let wider = 1; ; wider *= 8) {
    const candidates: Candidate[] = [];
    let cut = false;
    for (const { source } of sources)
      for (const { ranBefore, wanted } of looks) {
        const limitRows = (2 * wanted + 50) * wider;
        const waiting = await waitingEvents(db, source, ranBefore, limitRows);
        cut ||= waiting.length === limitRows;
        for (const event of waiting)
          candidates.push({ ...event, rank: rankOf(event.priority), processing: processing(event) });
      }
    const records = chooseRecords(candidates, busy, places);
    // A few records may have all of a long backlog: with some to start, it is not read to its end for more.
    const isWide = (2 * firstPlaces + 50) * wider >= WIDE_ROWS;
    const allBusy = candidates.every((candidate) => busy.has(recordName(candidate)));
    if (cut && (records.length === 0 ? allBusy : records.length < places.individually && !isWide)) continue;
    const queues = await queuesOf(
      db,
      records.map((record) => ({
        ...record,
        depth: record.processing === 'individually' ? 1 : Math.min(record.waiting, MAX_BATCH_EVENTS),
      })),
    );
    // Since they were read first, the door may have started an event whose follower was read afterwards.
    const busyNow = new Set((await eventsInFlight(db)).map(recordName));
    const plan = planStarts(
      records.flatMap((record, place) => {
        const events = (queues[place] ?? []).map((row) => ({ ...row, processing: processing(row) }));
        return busyNow.has(recordName(record)) ? [] : [{ record, events }];
      }),
      { ...free, listBytes: limits.listBytes },
    );
    const claimed = await claimPlanned(db, plan, limits.nowMs);
    const count = claimed.events.length + claimed.batches.reduce((sum, { events }) => sum + events.length, 0);
    const starting = inFlight.filter(({ isPending }) => isPending).length;
    return { ...claimed, waiting: pending > starting + count, isBacklog: backlog };
  }
}

/** The one with the least in flight first; among equals not always the same. */
function inTurns<S extends { readonly source: string }>(
  sources: readonly S[],
  inFlight: readonly EventInFlight[],
  turn: number,
): readonly S[] {
  const countOf = (name: string) => inFlight.filter(({ source }) => source === name).length;
  const first = turn % sources.length;
  return [...sources.slice(first), ...sources.slice(0, first)]
    .map((source) => ({ source, count: countOf(source.source) }))
    .sort((a, b) => a.count - b.count)
    .map(({ source }) => source);
}

function freePlaces(taken: PlacesTaken, { maxInFlight, policy }: ClaimLimits): PlacesTaken {
  const mayBatch = [policy.otherwise, ...policy.rules.map(({ mode }) => mode)].some(
    (mode) => mode !== 'individually',
  );
  return {
    single: Math.max(0, maxInFlight - taken.single),
    batches: mayBatch ? Math.max(0, MAX_BATCHES - taken.batches) : 0,
  };
}

/** For events that no run had yet: where there are no rules, all of them are processed in one way. */
function placesForFirst(policy: ProcessingPolicy, backlog: boolean, places: FreePlaces): number {
  if (policy.rules.length > 0) return places.individually + places.in_batches;
  return places[processingNow(policy.otherwise, backlog)];
}

type Planned = ReturnType<typeof planStarts<QueuedRow & QueuedEvent>>;

async function claimPlanned(
  db: Database,
  { single, batches }: Planned,
  nowMs: number,
): Promise<Pick<Claim, 'events' | 'batches'>> {
  const named = batches.map((queues) => ({
    queues,
    workflowId: batchWorkflowId(queues[0]?.events[0]?.key ?? '', nowMs),
  }));
  const claimed = await claimRows(
    db,
    [
      ...single.map(({ event }) => ({ seq: event.seq, workflowId: event.key })),
      ...named.flatMap(({ queues, workflowId }) =>
        queues.flatMap(({ events }) => events.map(({ seq }) => ({ seq, workflowId }))),
      ),
    ],
    CLAIM_LEASE_MS,
  );
  const tooLate: string[] = [];
  const toStart = named.flatMap(({ queues, workflowId }): BatchToStart[] => {
    const events = queues.flatMap((queue) => {
      // Another claimer was quicker with one of them: what comes after it has to wait for it.
      const gap = queue.events.findIndex(({ seq }) => !claimed.has(seq));
      const kept = gap === -1 ? queue.events : queue.events.slice(0, gap);
      tooLate.push(
        ...queue.events.slice(kept.length).flatMap(({ seq, key }) => (claimed.has(seq) ? [key] : [])),
      );
      return kept;
    });
    const [first] = events;
    return first === undefined ? [] : [{ workflowId, source: first.source, events }];
  });
  await clearLeases(db, tooLate);
  return {
    events: single
      .filter(({ event }) => claimed.has(event.seq))
      .map(({ event, rank }) => ({ ...event, priority: priorityOf(Math.min(rank, rankOf(event.priority))) })),
    batches: toStart,
  };
}
