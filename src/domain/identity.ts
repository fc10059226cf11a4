// Which copies are the same event. The addon counts pushes and pulls with two sequences, so one change can
// come as push 168 and pull 176, while push 43 and pull 43 are usually two changes.
// Pure: what is known comes in, the decision goes out.
import type { Channel, EventCopy, Operation } from './event';

/** Copies of one change may name times this far apart. */
export const SAME_CHANGE_MS = 2_000;

/** A copy with the id and the fingerprint it is compared by. */
export interface IncomingCopy extends EventCopy {
  readonly channel: Channel;
  readonly id: string;
  readonly fingerprint: string;
}

/** What the decision needs of an event that is known. Lists are ordered by age: oldest first. */
export interface KnownEvent {
  readonly pushId: string | null;
  readonly pullId: string | null;
  readonly model: string;
  readonly recordId: number;
  readonly operation: Operation;
  /** Its first copy's time; it never moves. */
  readonly occurredAtMs: number;
  /** Of all its copies. */
  readonly fingerprints: readonly string[];
}

export function idOn(event: KnownEvent, channel: Channel): string | null {
  return channel === 'push' ? event.pushId : event.pullId;
}

/** The known event of which `copy` is one more copy, or null when the copy is a new event. */
export function findSame<E extends KnownEvent>(
  known: readonly E[],
  copy: IncomingCopy,
  rules: { readonly sharedEventIds: boolean },
): E | null {
  const other: Channel = copy.channel === 'push' ? 'pull' : 'push';
  const alike = known.filter((event) => isSameChange(event, copy));
  const open = alike.filter((event) => idOn(event, copy.channel) === null);
  const equal = open.filter((event) => event.fingerprints.includes(copy.fingerprint));
  return (
    nearest(
      alike.filter((event) => idOn(event, copy.channel) === copy.id),
      copy,
    ) ??
    nearest(
      (rules.sharedEventIds ? open : equal).filter((event) => idOn(event, other) === copy.id),
      copy,
    ) ??
    nearest(equal, copy)
  );
}

function isSameChange(event: KnownEvent, copy: IncomingCopy): boolean {
  return (
    event.model === copy.model &&
    event.recordId === copy.recordId &&
    event.operation === copy.operation &&
    Math.abs(event.occurredAtMs - copy.occurredAtMs) <= SAME_CHANGE_MS
  );
}

/** The nearest in time; of equals the first, which is the oldest. */
function nearest<E extends KnownEvent>(candidates: readonly E[], copy: IncomingCopy): E | null {
  let best: E | null = null;
  for (const candidate of candidates) {
    if (best === null || distance(candidate, copy) < distance(best, copy)) best = candidate;
  }
  return best;
}

function distance(event: KnownEvent, copy: IncomingCopy): number {
  return Math.abs(event.occurredAtMs - copy.occurredAtMs);
}
