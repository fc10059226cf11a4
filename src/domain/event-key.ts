// The names of events: what stands for an id that Odoo did not give or that we cannot use, and the key,
// which is also the workflow id. Never looks whether a key is free: the caller knows that.
import type { EventCopy } from './event';

/** SHA-256 of the UTF-8 text, in hex. Given by the caller: this folder uses no package. */
export type Sha256 = (text: string) => string;

/** Ids that begin like this belong to Jisr itself; an event id must not be mistaken for one. */
export const RESERVED_ID_STARTS = [
  'odoo-pull',
  'odoo-audit',
  'event-dispatch',
  'batch',
  'replay',
  'retention',
  'x-',
  'id-',
  'audit-',
] as const;

const USABLE_ID = /^[A-Za-z0-9_-]{1,100}$/;

/** True when `text` could be taken for the id of one of Jisr's own workflows. */
export function isReserved(text: string): boolean {
  return RESERVED_ID_STARTS.some((start) => text.startsWith(start));
}

/**
 * The id by which a copy is compared: Odoo's event_id verbatim; `id-<16 hex>` for one that cannot name a
 * workflow; `x-<16 hex>` over source and content for a sender without ids.
 */
export function comparableId(copy: EventCopy, source: string, fingerprint: string, sha256: Sha256): string {
  if (copy.eventId === null) {
    const content = [source, copy.model, copy.recordId, copy.operation, copy.occurredAtMs, fingerprint];
    return `x-${sha256(JSON.stringify(content)).slice(0, 16)}`;
  }
  if (USABLE_ID.test(copy.eventId) && !isReserved(copy.eventId)) return copy.eventId;
  return `id-${sha256(copy.eventId).slice(0, 16)}`;
}

/**
 * The keys an event may get, in the order to try them: its id; the id with 8 hex of content and time; the
 * same with -2, -3, … Endless, so a caller that finds all taken so far simply asks on.
 */
export function* keysFor(
  id: string,
  content: { readonly fingerprint: string; readonly occurredAtMs: number },
  keyPrefix: string,
  sha256: Sha256,
): Generator<string, never> {
  const key = keyPrefix + id;
  yield key;
  const tail = sha256(`${content.fingerprint} ${content.occurredAtMs}`).slice(0, 8);
  yield `${key}.${tail}`;
  for (let n = 2; ; n += 1) yield `${key}.${tail}-${n}`;
}
