// Makes the reply of a call to Odoo that failed.
// Must never let a long text from outside through: failures end up in logs and in Temporal's history.

import type { OdooFailureCode, OdooReply } from '../domain/failure';

const MAX_QUOTE_CHARS = 300;

export function failed(code: OdooFailureCode, httpStatus: number | null, message: string): OdooReply<never> {
  return { kind: 'failed', failure: { code, message, httpStatus } };
}

/** Somebody else's words, on one line and short enough for a message. */
export function quoted(text: string): string {
  const line = text
    .slice(0, 4 * MAX_QUOTE_CHARS)
    .replaceAll(/\s+/g, ' ')
    .trim();
  return `"${line.length > MAX_QUOTE_CHARS ? `${line.slice(0, MAX_QUOTE_CHARS - 1)}…` : line}"`;
}
