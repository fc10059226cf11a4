// The long way in, one transaction: lock the source, look up what is known, decide, write. Never catches: a failure
// rolls all back. Two round trips where all is new: the lock with the look, and the writes with the commit.
import type { Json } from '../domain/event';
import { isJsonObject } from '../domain/json-object';
import { required } from '../domain/required';
import type { Database, Last } from '../store/database';
import { keepCopies } from '../store/event-copies';
import { insertEvents, updateMerged, type InsertedEvent } from '../store/events/accept';
import { findKnown, findTakenKeys, withSourceLocked } from '../store/events/known';
import { keepInQuarantine } from '../store/quarantine';
import { writeProgress } from '../store/sync-states';
import type { Accepted, ArrivalToCommit, IntakeSource } from './accepted';
import { decide, type CopyToDecide, type DecidedEvent, type Decision } from './decide';
import { copiesOf, sha256 } from './fingerprint';
import { nameEvents } from './name-events';
import { acceptedAsNew, newEventOf } from './new-events';
import { progressOf, tallyOf } from './progress';

/** @param keys `likely free`: no look is taken, and a unique violation says that one was taken after all */
export async function commitArrivals(
  db: Database,
  source: IntakeSource,
  arrivals: readonly ArrivalToCommit[],
  keys: 'likely free' | 'looked up',
): Promise<readonly Accepted[]> {
  const copies = await copiesOf(arrivals, source);
  const unreadable = arrivals.flatMap(({ arrival, channel }) => {
    if (arrival.kind === 'event') return [];
    const raw = Buffer.from(typeof arrival.raw === 'string' ? arrival.raw : JSON.stringify(arrival.raw));
    const pullId = channel === 'pull' ? rowIdOf(arrival.raw) : null;
    return [{ channel, reason: arrival.reason, raw, pullId, digest: sha256(raw) }];
  });

  const { decision, keyOf, inserting, kept } = await withSourceLocked(db, source.name, async (tx, last) => {
    const decided = await decideEvents(tx, source, copies);
    const written = await writeEvents(tx, source, copies, decided, keys, last);
    const keptNow = await keepInQuarantine(tx, source.name, unreadable);
    const progress = writeProgress(
      tx,
      source.name,
      progressOf(decided.created, written.keyOf),
      tallyOf(source.name, {
        arrivals,
        decision: decided,
        duplicates: copies.length - decided.created.length,
        quarantined: [...keptNow.values()].filter(({ isNew }) => isNew).length,
        renamed: written.renamed,
      }),
    );
    last(progress);
    return { ...written, decision: decided, kept: keptNow };
  });
  const inserted = await inserting;

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
    return acceptedAsNew(event, key, eventId, inserted, source);
  });
}

/** A pulled row always has one, also when it is not understood. */
function rowIdOf(raw: Json): string | null {
  const id = isJsonObject(raw) ? raw['id'] : null;
  return typeof id === 'number' ? String(id) : null;
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
  /** Sent, and answered when the transaction is committed. */
  readonly inserting: Promise<ReadonlyMap<string, InsertedEvent>>;
  readonly renamed: number;
}

async function writeEvents(
  tx: Database,
  source: IntakeSource,
  copies: readonly CopyToDecide[],
  decision: Decision,
  keysAre: 'likely free' | 'looked up',
  last: Last,
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

  const inserting = insertEvents(
    tx,
    created.map((event) => newEventOf(event, keyOf(event), source)),
  );
  last(inserting);
  // A copy in the same set may have brought a second id to an event that is new itself.
  const twice = created.filter((event) => event.pushId !== null && event.pullId !== null);
  const further = outcomes.flatMap(({ event, duplicate }, place) =>
    // The first one is kept with its event.
    duplicate ? [{ event, copy: required(copies[place], 'the copy of a decision').copy }] : [],
  );
  if (twice.length + merged.length + further.length > 0) {
    const inserted = await inserting;
    const seqOf = (event: DecidedEvent): number =>
      event.known?.seq ?? required(inserted.get(keyOf(event))?.seq, 'the row of a new event');
    await updateMerged(
      tx,
      [...merged, ...twice].map((event) => ({ ...event, seq: seqOf(event) })),
    );
    await keepCopies(
      tx,
      further.map(({ event, copy }) => ({
        eventSeq: seqOf(event),
        source: source.name,
        channel: copy.channel,
        externalId: copy.id,
        fingerprint: copy.fingerprint,
        occurredAtMs: event.occurredAtMs,
      })),
    );
  }
  return { keyOf, inserting, renamed };
}
