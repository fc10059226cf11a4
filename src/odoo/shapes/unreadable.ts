// Makes a quarantine case of an item that its shape could not read.
// Must never drop the item or put one of its values into the reason: payloads hold personal data.

import type { ZodError } from 'zod';

import type { Arrival, Json } from '../../domain/event';

export function unreadable(raw: Json, why: string | ZodError): Arrival {
  const reason = typeof why === 'string' ? why : why.issues.map(complaint).join('; ');
  return { kind: 'unreadable', reason, raw };
}

function complaint(issue: ZodError['issues'][number]): string {
  return [...issue.path.map(String), issue.message].join(': ');
}
