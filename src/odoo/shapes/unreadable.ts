// Makes a quarantine case of an item that its shape could not read.
// Must never drop the item or put one of its values into the reason: payloads hold personal data.

import type { ZodError } from 'zod';

import { isJsonObject } from '../../domain/json-object';
import type { Arrival, Json } from '../../domain/event';

export function unreadable(raw: Json, why: string | ZodError): Arrival {
  const reason = typeof why === 'string' ? why : why.issues.map(complaint).join('; ');
  return { kind: 'unreadable', reason, raw };
}

function complaint(issue: ZodError['issues'][number]): string {
  return [...issue.path.map(String), issue.message].join(': ');
}

/** The id that an unreadable item carries all the same: by it the sender knows which one it was. */
export function sentEventId(raw: Json): string | null {
  if (!isJsonObject(raw)) return null;
  const metadata = raw['_webhook_metadata'];
  const id = raw['event_id'] ?? (isJsonObject(metadata) ? metadata['event_id'] : null);
  return typeof id === 'string' || typeof id === 'number' ? String(id) : null;
}
