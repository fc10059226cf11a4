// Gives new events their keys: the id when it is free, else the id with a tail of content and time.
import { keysFor } from '../domain/event-key';
import { required } from '../domain/required';
import { sha256 } from './fingerprint';

export interface EventToName {
  readonly id: string;
  readonly fingerprint: string;
  readonly occurredAtMs: number;
}

export interface NamedEvents {
  /** In the order of the events. */
  readonly keys: readonly string[];
  /** How many did not get the key they asked for first. */
  readonly renamed: number;
}

/** Asks for all at once, and again only for those whose key was taken. */
export async function nameEvents(
  events: readonly EventToName[],
  keyPrefix: string,
  findTaken: (keys: readonly string[]) => Promise<ReadonlySet<string>>,
): Promise<NamedEvents> {
  const names = events.map((event) => keysFor(event.id, event, keyPrefix, sha256));
  const keys = new Map<number, string>();
  const given = new Set<string>();
  let renamed = 0;
  for (let round = 0; keys.size < events.length; round += 1) {
    const asked = names.flatMap((name, place) =>
      keys.has(place) ? [] : [{ place, key: name.next().value }],
    );
    const taken = await findTaken(asked.map(({ key }) => key));
    for (const { place, key } of asked) {
      if (taken.has(key) || given.has(key)) continue;
      keys.set(place, key);
      given.add(key);
      if (round > 0) renamed += 1;
    }
  }
  return { keys: events.map((_, place) => required(keys.get(place), 'the key of an event')), renamed };
}
