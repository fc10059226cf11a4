// Odoo's web layer: from a request to the answer, with the faults that lie before and around an endpoint.
// Never writes to a socket; it marks no row either, that happens when the answer goes out.

import { commitFailed, HTML, page, raised, refusal } from './endpoints/answer';
import type { Answer } from './endpoints/answer';
import type { Odoo } from './endpoints/odoo';
import {
  DATABASE_DOWN_PAGE,
  errorPage,
  METHOD_PAGE,
  ODOO_NOT_FOUND_PAGE,
  ODOO_NOT_FOUND_TYPE,
} from './endpoints/pages';
import type { OdooRequest } from './endpoints/request';
import { routeOf } from './endpoints/routes';
import type { Route } from './endpoints/routes';
import { PythonError } from './python/values';

export interface WebRequest extends OdooRequest {
  readonly path: string;
  readonly key: string | null;
}

export interface OdooWeb extends Odoo {
  /** Null: no key is configured, and every one is refused. */
  readonly apiKey: () => string | null;
}

export function answerTo(request: WebRequest, odoo: OdooWeb): Answer {
  const route = routeOf(request.path);
  const endpoint = route?.endpoint ?? 'unknown';
  if (odoo.faults.occur('database-down', endpoint) !== null) return page(404, DATABASE_DOWN_PAGE);
  if (route === null || odoo.faults.occur('addon-missing', endpoint) !== null) {
    return page(404, ODOO_NOT_FOUND_PAGE, ODOO_NOT_FOUND_TYPE);
  }
  if (request.method === 'OPTIONS') return { status: 204, contentType: HTML, body: '' };
  if (!route.methods.includes(request.method)) return page(405, METHOD_PAGE);
  if (route.needsKey && !isKeyGood(request, route, odoo))
    return refusal(401, 'Authentication required', odoo);

  const broken = odoo.faults.occur('server-error', endpoint);
  if (broken !== null) {
    const { status = 500, body } = broken;
    return body === 'html' ? page(status, errorPage(status)) : refusal(status, 'Internal server error', odoo);
  }
  return handled(request, route, odoo);
}

function isKeyGood({ key }: WebRequest, { endpoint }: Route, { apiKey, faults }: OdooWeb): boolean {
  const expected = faults.occur('no-key-configured', endpoint) === null ? apiKey() : null;
  return expected !== null && expected !== '' && key === expected;
}

function handled(request: WebRequest, route: Route, odoo: OdooWeb): Answer {
  try {
    return route.handle(request, odoo);
  } catch (error) {
    if (error instanceof PythonError) return raised(error, odoo);
    // Too deeply nested JSON: Python raises there too, outside of the endpoint's own handling.
    if (error instanceof RangeError) return commitFailed();
    throw error;
  }
}
