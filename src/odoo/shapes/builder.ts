// Reads a builder push: the event's name at the top level, the record in `data`.
// Must never read the name from inside `data`: those fields are the record's own.

import { z } from 'zod';

import { isJsonObject } from '../../domain/json-object';
import type { Json, JsonObject } from '../../domain/event';
import * as wire from '../wire';
import { isTestEvent, type PushItem } from './push-item';
import { unreadable } from './unreadable';

const builder = z
  .object({
    event_id: wire.eventId,
    model: wire.modelName,
    record_id: wire.recordId,
    event: wire.operation,
    timestamp: wire.occurredAt,
    priority: wire.priority,
    category: wire.category,
    data: wire.payload,
    changed_fields: wire.changedFields,
  })
  .transform((wired) => ({
    eventId: wired.event_id,
    model: wired.model,
    recordId: wired.record_id,
    operation: wired.event,
    occurredAtMs: wired.timestamp,
    priority: wired.priority,
    category: wired.category,
    user: null,
    payload: wired.data,
    changedFields: wired.changed_fields ?? wire.changedFieldsOf(wired.data),
  }));

/** Without `event_id`, which other senders leave out. */
export function isBuilder(body: JsonObject): boolean {
  return ['model', 'record_id', 'event'].every((name) => Object.hasOwn(body, name));
}

export function readBuilder(raw: Json): PushItem {
  if (!isJsonObject(raw)) return unreadable(raw, 'not an object');
  if (isTestEvent(raw['record_id'], raw['data'])) return { kind: 'test-event' };
  const parsed = builder.safeParse(raw);
  return parsed.success ? { kind: 'event', copy: parsed.data, raw } : unreadable(raw, parsed.error);
}
