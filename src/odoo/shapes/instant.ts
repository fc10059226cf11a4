// Reads an instant push: the whole record at the top level, the event's name in `_webhook_metadata`.
// Must never take the event's name from a top-level field: those are the record's own (a mail.message has a `model`).

import { z } from 'zod';

import { isJsonObject } from '../../domain/json-object';
import type { JsonObject } from '../../domain/event';
import * as wire from '../wire';
import { isTestEvent, type PushItem } from './push-item';
import { unreadable } from './unreadable';

const metadata = z
  .object({
    event_id: wire.eventId,
    event_type: wire.operation,
    model: wire.modelName,
    record_id: wire.recordId,
    timestamp: wire.occurredAt,
  })
  .transform((wired) => ({
    eventId: wired.event_id,
    operation: wired.event_type,
    model: wired.model,
    recordId: wired.record_id,
    occurredAtMs: wired.timestamp,
  }));

export function isInstant(body: JsonObject): boolean {
  return isJsonObject(body['_webhook_metadata']);
}

export function readInstant(body: JsonObject): PushItem {
  const name = body['_webhook_metadata'];
  if (isTestEvent(isJsonObject(name) ? name['record_id'] : undefined, body)) return { kind: 'test-event' };
  const parsed = metadata.safeParse(name);
  if (!parsed.success) return unreadable(body, parsed.error);
  return {
    kind: 'event',
    copy: {
      ...parsed.data,
      // This shape says neither how urgent nor by whom; the pulled copy does.
      priority: null,
      category: null,
      user: null,
      payload: wire.cleanPayload(body),
      changedFields: wire.changedFieldsOf(body),
    },
    raw: body,
  };
}
