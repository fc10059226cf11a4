// The words of the domain: one change of one Odoo record, and the copies by which it reaches us.
// Knows nothing of the wire, the database or Temporal.

export const OPERATIONS = ['create', 'write', 'unlink'] as const;
export type Operation = (typeof OPERATIONS)[number];

export const PRIORITIES = ['high', 'medium', 'low'] as const;
export type Priority = (typeof PRIORITIES)[number];

export const CHANNELS = ['push', 'pull'] as const;
/** How a copy came. */
export type Channel = (typeof CHANNELS)[number];

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [field: string]: Json;
}

/** Who made the change, as far as Odoo says. */
export interface OdooUser {
  readonly id: number | null;
  readonly name: string | null;
}

/** One change of one record as one channel told it once. */
export interface EventCopy {
  /** Odoo's own id, verbatim; null when the sender gave none. */
  readonly eventId: string | null;
  readonly model: string;
  readonly recordId: number;
  readonly operation: Operation;
  readonly occurredAtMs: number;
  /** Null when this copy names none: it then changes nothing. */
  readonly priority: Priority | null;
  readonly category: string | null;
  readonly user: OdooUser | null;
  /** Without `_webhook_metadata`; null when Odoo sent false, null or {}. */
  readonly payload: JsonObject | null;
  readonly changedFields: readonly string[] | null;
}

/** What stands at the door: a copy that was understood, or something to keep in quarantine. */
export type Arrival =
  | { readonly kind: 'event'; readonly copy: EventCopy; readonly raw: Json }
  | { readonly kind: 'unreadable'; readonly reason: string; readonly raw: Json };
