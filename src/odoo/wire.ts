// The pieces that every shape of Odoo's wire is made of: times, ids, names, and Odoo's ways of saying "empty".
// Must never depend on the machine's clock or time zone, nor repeat a value from the wire in a reason.

import { z } from 'zod';

import { OPERATIONS, PRIORITIES, type Json, type JsonObject } from '../domain/event';

// Far above what Odoo sends, far below where a recursive walk (or JSON.stringify) runs out of stack.
const MAX_DEPTH_LEVELS = 200;
// An id is a unique key in the store; PostgreSQL cannot index a text of some thousand bytes.
const MAX_EVENT_ID_CHARS = 500;

/** True for what JSON.parse returns, unless it is nested too deep to be handled safely. */
export function isJson(value: unknown, depth = 0): value is Json {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return true;
    case 'object':
      if (value === null) return true;
      if (depth === MAX_DEPTH_LEVELS) return false;
      return Object.values(value).every((inner) => isJson(inner, depth + 1));
    default:
      return false;
  }
}

export function isJsonList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

const TIME_TEXT =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:Z|([+-])(\d{2}):?(\d{2}))?$/;

/** Epoch ms of a time as Odoo writes it (UTC, without saying so); null when there is no such time. */
export function epochMs(text: string): number | null {
  const match = TIME_TEXT.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, fraction = '', sign, offsetHours, offsetMinutes] = match;
  // Date.UTC, because `new Date(text)` reads a time without a zone as the machine's local time.
  const wallMs = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  // Date.UTC rolls 30 February over into March: a time that does not come back the same does not exist.
  const wall = `${year ?? ''}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}`;
  if (new Date(wallMs).toISOString().slice(0, 19) !== wall) return null;
  if (Number(offsetHours ?? 0) > 23 || Number(offsetMinutes ?? 0) > 59) return null;
  const offsetMs = (Number(offsetHours ?? 0) * 60 + Number(offsetMinutes ?? 0)) * 60_000;
  return wallMs + Number(fraction.padEnd(3, '0').slice(0, 3)) - (sign === '-' ? -offsetMs : offsetMs);
}

export const occurredAt = z.string('no time').transform((text, context): number => {
  const ms = epochMs(text);
  if (ms !== null) return ms;
  context.addIssue('not a time');
  return z.NEVER;
});

/** Verbatim, null when the sender gave none; a number becomes its decimal text. */
export const eventId = z
  .unknown()
  .optional()
  .transform((value, context): string | null => {
    if (value === undefined || value === null || value === false || value === '') return null;
    if (typeof value === 'string' && value.length <= MAX_EVENT_ID_CHARS) return value;
    // Beyond 2^53 the parser has already rounded: two events would share one id.
    if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
    context.addIssue(`neither a whole number nor a text of at most ${MAX_EVENT_ID_CHARS} characters`);
    return z.NEVER;
  });

export const recordId = z.int('not a positive whole number').positive('not a positive whole number');

export const modelName = z.string('no model').regex(/^[\w.-]{1,200}$/, 'not a model name');

export const operation = z.enum(OPERATIONS, 'not one of create, write, unlink');

// What only decorates an event must not keep it out: anything unexpected, Odoo's `false` first, is null.
export const priority = z.enum(PRIORITIES).nullable().catch(null);
export const category = z.string().min(1).max(200).nullable().catch(null);
export const changedFields = z.array(z.string()).nullable().catch(null);
export const userId = z.int().nullable().catch(null);
export const userName = z.string().nullable().catch(null);

/** The record as Odoo told it; null for `false`, null, `{}` and for no payload at all. */
export const payload = z
  // A shallow look is enough: every item passed isJson before a shape is asked to read it.
  .custom<JsonObject | false | null>(
    (value) => value === false || (typeof value === 'object' && !Array.isArray(value)),
    'neither an object nor empty',
  )
  .optional()
  .transform((value) => cleanPayload(value === false || value === undefined ? null : value));

/** A push carries the event's own name inside the record; without it, push and pull payloads are equal. */
export function cleanPayload(record: JsonObject | null): JsonObject | null {
  if (record === null) return null;
  const fields = Object.hasOwn(record, '_webhook_metadata')
    ? Object.fromEntries(Object.entries(record).filter(([field]) => field !== '_webhook_metadata'))
    : record;
  return Object.keys(fields).length === 0 ? null : fields;
}

/** The fields a write changed: Odoo keeps them inside the record, on both channels. */
export function changedFieldsOf(record: JsonObject | null): readonly string[] | null {
  return changedFields.parse(record?.['_changed_fields']);
}
