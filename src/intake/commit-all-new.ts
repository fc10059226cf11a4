// The short way in, for what was mostly never seen before: one round trip that locks the source, looks, writes and
// commits, and writes nothing where a copy may be one of a known event. Then the long way decides.
import { required } from '../domain/required';
import type { Database } from '../store/database';
import { insertIfAllNew } from '../store/events/accept';
import { withSourceLocked } from '../store/events/known';
import { progressAlong } from '../store/sync-states';
import type { Accepted, ArrivalToCommit, IntakeSource } from './accepted';
import { decide, type DecidedEvent } from './decide';
import { copiesOf } from './fingerprint';
import { nameEvents } from './name-events';
import { acceptedAsNew, newEventOf } from './new-events';
import { progressOf, tallyOf } from './progress';

/** Null when nothing was written: not all of them are readable, or not all are surely new. */
export async function commitAllNew(
  db: Database,
  source: IntakeSource,
  arrivals: readonly ArrivalToCommit[],
): Promise<readonly Accepted[] | null> {
  const copies = await copiesOf(arrivals, source);
  const decision = decide(copies, [], source);
  const { created } = decision;
  if (created.length < arrivals.length) return null;
  const { keys, renamed } = await nameEvents(
    created.map((event) => event.first),
    source.keyPrefix,
    () => Promise.resolve(new Set()),
  );
  const keyed = created.map((event, place) => ({
    event,
    key: required(keys[place], 'the key of a new event'),
  }));
  const keyOf = new Map<DecidedEvent, string>(keyed.map(({ event, key }) => [event, key]));
  const tally = tallyOf(source.name, { arrivals, decision, duplicates: 0, quarantined: 0, renamed });
  const models = progressOf(created, (event) => required(keyOf.get(event), 'the key of an event'));

  const { inserting } = await withSourceLocked(db, source.name, (tx, last) => {
    const sent = insertIfAllNew(
      tx,
      source.name,
      keyed.map(({ event, key }) => newEventOf(event, key, source)),
      progressAlong(source.name, models, tally),
    );
    last(sent);
    // Not waited for: the commit goes out right behind it.
    return Promise.resolve({ inserting: sent });
  });
  const inserted = await inserting;
  if (inserted.size === 0) return null;
  return keyed.map(({ event, key }) => acceptedAsNew(event, key, event.first.eventId, inserted, source));
}
