// One transaction: lock the source, look up what is known, decide, write. Never catches: a failure rolls all back.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Json, JsonObject } from '../domain/event';
import { processingMode } from '../domain/processing';
import { required } from '../domain/required';
import type { Database } from '../store/database';
import { keepCopies } from '../store/event-copies';
import { insertEvents, updateMerged } from '../store/events/accept';
import { findKnown, findTakenKeys, withSourceLocked } from '../store/events/known';
import { keepInQuarantine } from '../store/quarantine';
import { writeProgress } from '../store/sync-states';
import type { Accepted, ArrivalToCommit, IntakeSource, LeasedEvent } from './accepted';
import { decide, type CopyToDecide, type DecidedEvent, type Decision } from './decide';
import { incomingCopy, sha256 } from './fingerprint';
import { nameEvents } from './name-events';
import { progressOf, tallyOf } from './progress';

const COPIES_A_TURN = 200;

/** @param keys `likely free`: no look is taken, and a unique violation says that one was taken after all */
export async function commitArrivals(
  db: Database,
  source: IntakeSource,
  arrivals: readonly ArrivalToCommit[],
  keys: 'likely free' | 'looked up',
): Promise<readonly Accepted[]> {
  const copies = await incomingCopies(source, arrivals);
  const unreadable = arrivals.flatMap(({ arrival, channel }) => {
    if (arrival.kind === 'event') return [];
    const raw = Buffer.from(typeof arrival.raw === 'string' ? arrival.raw : JSON.stringify(arrival.raw));
    const pullId = channel === 'pull' ? rowIdOf(arrival.raw) : null;
    return [{ channel, reason: arrival.reason, raw, pullId, digest: sha256(raw) }];
  });

  return withSourceLocked(db, source.name, async (tx) => {
    const decision = await decideEvents(tx, source, copies);
    const { keyOf, isLeased, renamed } = await writeEvents(tx, source, copies, decision, keys);
    const kept = await keepInQuarantine(tx, source.name, unreadable);
    await writeProgress(
      tx,
      source.name,
      progressOf(decision.created, keyOf),
      tallyOf(source.name, {
        arrivals,
        decision,
        duplicates: copies.length - decision.created.length,
        quarantined: [...kept.values()].filter(({ isNew }) => isNew).length,
        renamed,
      }),
    );

    let copiesSeen = 0;
    let unreadableSeen = 0;
    return arrivals.map(({ arrival }): Accepted => {
      if (arrival.kind === 'unreadable') {
        const { digest } = required(unreadable[unreadableSeen++], 'an unreadable arrival');
        const entry = required(kept.get(digest), 'a kept entry of the quarantine');
        return { kind: 'quarantined', quarantineId: entry.id, eventId: null };
      }
      const outcome = required(decision.outcomes[copiesSeen++], 'the decision about a copy');
      const { event, duplicate } = outcome;
      const [key, { eventId }] = [keyOf(event), arrival.copy];
      if (duplicate) return { kind: 'duplicate', key, eventId };
      return { kind: 'new', key, eventId, toStart: isLeased(event) ? toStart(event, key, source) : null };
    });
  });
}

/** A pulled row always has one, also when it is not understood. */
function rowIdOf(raw: Json): string | null {
  const id = isObject(raw) ? raw['id'] : null;
  return typeof id === 'number' ? String(id) : null;
}

function isObject(raw: Json): raw is JsonObject {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw);
}

/** Fingerprints of a whole page take the time of many pushes: in parts, so that others get their turn. */
async function incomingCopies(
  source: IntakeSource,
  arrivals: readonly ArrivalToCommit[],
): Promise<readonly CopyToDecide[]> {
  const copies: CopyToDecide[] = [];
  for (const [place, { arrival, channel, leaseMs }] of arrivals.entries()) {
    if (place > 0 && place % COPIES_A_TURN === 0) await nextTurn();
    if (arrival.kind === 'event') copies.push({ copy: incomingCopy(arrival.copy, source, channel), leaseMs });
  }
  return copies;
}

async function decideEvents(
  tx: Database,
  source: IntakeSource,
  copies: readonly CopyToDecide[],
): Promise<Decision> {
  if (copies.length === 0) return { outcomes: [], created: [], merged: [] };
  const known = await findKnown(
    tx,
    source.name,
    copies.map(({ copy }) => copy),
  );
  return decide(copies, known, source);
}

interface WrittenEvents {
  readonly keyOf: (event: DecidedEvent) => string;
  readonly isLeased: (event: DecidedEvent) => boolean;
  readonly renamed: number;
}

async function writeEvents(
  tx: Database,
  source: IntakeSource,
  copies: readonly CopyToDecide[],
  decision: Decision,
  keysAre: 'likely free' | 'looked up',
): Promise<WrittenEvents> {
  const { created, merged, outcomes } = decision;
  const { keys, renamed } = await nameEvents(
    created.map((event) => event.first),
    source.keyPrefix,
    async (asked) => (keysAre === 'likely free' ? new Set() : findTakenKeys(tx, asked)),
  );
  const newKeys = new Map<DecidedEvent, string>(
    created.map((event, place) => [event, required(keys[place], 'the key of a new event')]),
  );
  const keyOf = (event: DecidedEvent): string =>
    event.known?.key ?? required(newKeys.get(event), 'the key of an event');

  const inserted = await insertEvents(
    tx,
    created.map((event) => ({
      ...event.first,
      key: keyOf(event),
      source: source.name,
      priority: event.priority,
      category: event.category,
      user: event.user,
      leaseMs: startsAtDoor(event, source) ? event.leaseMs : null,
    })),
  );
  // A copy in the same set may have brought a second id to an event that is new itself.
  const twice = created.filter((event) => event.pushId !== null && event.pullId !== null);
  const seqOf = (event: DecidedEvent): number =>
    event.known?.seq ?? required(inserted.get(keyOf(event))?.seq, 'the row of a new event');
  await updateMerged(
    tx,
    [...merged, ...twice].map((event) => ({ ...event, seq: seqOf(event) })),
  );
  await keepCopies(
    tx,
    outcomes.flatMap(({ event, duplicate }, place) => {
      // The first one is kept with its event.
      if (!duplicate) return [];
      const { copy } = required(copies[place], 'the copy of a decision');
      return {
        eventSeq: seqOf(event),
        source: source.name,
        channel: copy.channel,
        externalId: copy.id,
        fingerprint: copy.fingerprint,
        occurredAtMs: event.occurredAtMs,
      };
    }),
  );
  return { keyOf, renamed, isLeased: (event) => inserted.get(keyOf(event))?.leased === true };
}

function startsAtDoor(event: DecidedEvent, { name, processing }: IntakeSource): boolean {
  return processingMode(processing, { ...event, source: name }) !== 'in_batches';
}

function toStart(event: DecidedEvent, key: string, { name: source }: IntakeSource): LeasedEvent {
  const { model, recordId, operation, priority, pushId, pullId } = event;
  const ids = [
    ...(pushId === null ? [] : [{ channel: 'push' as const, id: pushId }]),
    ...(pullId === null ? [] : [{ channel: 'pull' as const, id: pullId }]),
  ];
  return { key, source, model, recordId, operation, priority, ids };
}
