// Data for tests: a valid thing with what the test cares about put in its place.
import type { Arrival, EventCopy, JsonObject } from '../../src/domain/event';
import type { ProcessingPolicy } from '../../src/domain/processing';
import type { IntakeSource } from '../../src/intake/accepted';

const AUTO: ProcessingPolicy = { rules: [], otherwise: 'auto' };

export function aSource(over: Partial<IntakeSource> = {}): IntakeSource {
  return { name: 'main', keyPrefix: '', sharedEventIds: false, priorityRules: [], processing: AUTO, ...over };
}

export function aCopy(over: Partial<EventCopy> = {}): EventCopy {
  return {
    eventId: '17',
    model: 'res.partner',
    recordId: 16,
    operation: 'write',
    occurredAtMs: Date.UTC(2026, 10, 24, 2, 0, 0),
    priority: 'medium',
    category: 'business',
    user: { id: 2, name: 'Administrator' },
    payload: { name: 'A' },
    changedFields: null,
    ...over,
  };
}

export function anArrival(over: Partial<EventCopy> = {}, raw?: JsonObject): Arrival {
  const copy = aCopy(over);
  return { kind: 'event', copy, raw: raw ?? { id: copy.eventId, payload: copy.payload } };
}
