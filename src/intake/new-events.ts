// New events between the decision and the store: the row of each, and the answer about it.
import { required } from '../domain/required';
import { processingMode } from '../domain/processing';
import type { InsertedEvent, NewEvent } from '../store/events/accept';
import type { Accepted, IntakeSource, LeasedEvent } from './accepted';
import type { CreatedEvent, DecidedEvent } from './decide';

export function newEventOf(event: CreatedEvent, key: string, source: IntakeSource): NewEvent {
  const { first, priority, category, user, leaseMs } = event;
  const isStartedAtDoor =
    processingMode(source.processing, { ...event, source: source.name }) !== 'in_batches';
  return {
    ...first,
    key,
    source: source.name,
    priority,
    category,
    user,
    leaseMs: isStartedAtDoor ? leaseMs : null,
  };
}

/** @param eventId the sender's own */
export function acceptedAsNew(
  event: DecidedEvent,
  key: string,
  eventId: string | null,
  inserted: ReadonlyMap<string, InsertedEvent>,
  source: IntakeSource,
): Accepted {
  const { leased } = required(inserted.get(key), 'the row of a new event');
  return { kind: 'new', key, eventId, toStart: leased ? toStart(event, key, source) : null };
}

function toStart(event: DecidedEvent, key: string, { name: source }: IntakeSource): LeasedEvent {
  const { model, recordId, operation, priority, pushId, pullId } = event;
  const ids = [
    ...(pushId === null ? [] : [{ channel: 'push' as const, id: pushId }]),
    ...(pullId === null ? [] : [{ channel: 'pull' as const, id: pullId }]),
  ];
  return { key, source, model, recordId, operation, priority, ids };
}
