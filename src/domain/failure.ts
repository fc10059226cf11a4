// Failures that are expected, by cause. They are values here; activities turn them into Temporal failures.
// A message says what to do, and never holds a key or a payload.

export const ODOO_FAILURE_CODES = [
  'odoo-unreachable', // no connection, or it broke while answering
  'odoo-timeout',
  'odoo-database-down', // 404 with werkzeug's own page, on every path
  'odoo-addon-missing', // 404 with Odoo's page: wrong ODOO_URL, or auto_webhook not installed
  'odoo-key-refused', // 401
  'odoo-error-in-answer', // 200 with an `error` key: an outage, never "nothing new"
  'odoo-server-error', // 5xx, JSON or HTML
  'odoo-request-refused', // 400 and other 4xx
  'odoo-redirected',
  'odoo-answer-too-large',
  'odoo-wrong-shape', // not what wire-contract.md says, e.g. a row without a positive id
] as const;
export type OdooFailureCode = (typeof ODOO_FAILURE_CODES)[number];

/** Why a call to Odoo did not do what it should. */
export interface OdooFailure {
  readonly code: OdooFailureCode;
  readonly message: string;
  readonly httpStatus: number | null;
}

/** An answer, or the reason why there is none. */
export type OdooReply<T> =
  { readonly kind: 'ok'; readonly value: T } | { readonly kind: 'failed'; readonly failure: OdooFailure };
