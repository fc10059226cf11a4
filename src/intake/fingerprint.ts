// What a copy is compared by, made once: at the door, or ahead of it.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { hash } from 'node:crypto';
import { canonicalJson } from '../domain/canonical-json';
import type { Arrival, Channel, EventCopy } from '../domain/event';
import { comparableId } from '../domain/event-key';
import type { IncomingCopy } from '../domain/identity';
import { ruledPriority } from '../domain/priority-rules';
import type { ArrivalToCommit, IntakeSource } from './accepted';
import type { CopyToDecide } from './decide';

export function sha256(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}

const made = new WeakMap<EventCopy, string>();
const COPIES_A_TURN = 200;

/** SHA-256 over model, record, operation and payload: equal for both channels' copies of one change. */
export function fingerprintOf(copy: EventCopy): string {
  const known = made.get(copy);
  if (known !== undefined) return known;
  const fingerprint = sha256(canonicalJson([copy.model, copy.recordId, copy.operation, copy.payload ?? {}]));
  made.set(copy, fingerprint);
  return fingerprint;
}

/** The readable ones. A whole page's take the time of many pushes: in parts, so that others get their turn. */
export async function copiesOf(
  arrivals: readonly ArrivalToCommit[],
  source: IntakeSource,
): Promise<readonly CopyToDecide[]> {
  await fingerprintAll(arrivals.map(({ arrival }) => arrival));
  return arrivals.flatMap(({ arrival, channel, leaseMs }) =>
    arrival.kind === 'event' ? [{ copy: incomingCopy(arrival.copy, source, channel), leaseMs }] : [],
  );
}

/** Ahead of the door: it finds them made. */
export async function fingerprintAll(arrivals: readonly Arrival[]): Promise<void> {
  for (const [place, arrival] of arrivals.entries()) {
    if (place > 0 && place % COPIES_A_TURN === 0) await nextTurn();
    if (arrival.kind === 'event') fingerprintOf(arrival.copy);
  }
}

function incomingCopy(copy: EventCopy, source: IntakeSource, channel: Channel): IncomingCopy {
  const fingerprint = fingerprintOf(copy);
  return {
    ...copy,
    channel,
    fingerprint,
    id: comparableId(copy, source.name, fingerprint, sha256),
    priority: ruledPriority(source.priorityRules, source.name, copy) ?? copy.priority,
  };
}
