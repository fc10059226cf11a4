// Reads one row of a pulled page.
// Must never lose the row's id: with it even an unreadable row can be stored and acknowledged.

import { z } from 'zod';

import { isJsonObject } from '../../domain/json-object';
import type { Arrival, Json } from '../../domain/event';
import * as wire from '../wire';
import { unreadable } from './unreadable';

export interface PulledRow {
  /** The id that mark-processed wants, also when the row was not understood. */
  readonly id: number;
  readonly arrival: Arrival;
}

const rowId = z.int().positive();

const row = z
  .object({
    model: wire.modelName,
    record_id: wire.recordId,
    event: wire.operation,
    timestamp: wire.occurredAt,
    payload: wire.payload,
    priority: wire.priority,
    category: wire.category,
    user_id: wire.userId,
    user_name: wire.userName,
  })
  .transform((wired) => ({
    model: wired.model,
    recordId: wired.record_id,
    operation: wired.event,
    occurredAtMs: wired.timestamp,
    priority: wired.priority,
    category: wired.category,
    user:
      wired.user_id === null && wired.user_name === null
        ? null
        : { id: wired.user_id, name: wired.user_name },
    payload: wired.payload,
    changedFields: wire.changedFieldsOf(wired.payload),
  }));

/** Null when the row has no positive integer id: it can then be neither stored nor acknowledged. */
export function readPulledRow(raw: Json): PulledRow | null {
  if (!isJsonObject(raw)) return null;
  const id = rowId.safeParse(raw['id']);
  if (!id.success) return null;
  const parsed = row.safeParse(raw);
  if (!parsed.success) return { id: id.data, arrival: unreadable(raw, parsed.error) };
  return { id: id.data, arrival: { kind: 'event', copy: { eventId: String(id.data), ...parsed.data }, raw } };
}

/** The same for a row that came by itself: null also when it is no JSON, or nested too deep. */
export function readLoneRow(body: unknown): PulledRow | null {
  return wire.isJson(body) ? readPulledRow(body) : null;
}
