// A request as Odoo's code sees it: a JSON body for POST, the query string for GET.
// The content type plays no part, as in the addon.

import { readJson } from '../python/json-reader';
import { isPyDict, PythonError, typeName } from '../python/values';
import type { PyDict } from '../python/values';

export interface OdooRequest {
  readonly method: string;
  /** Of several values of one name, the first. */
  readonly query: PyDict;
  readonly bodyText: string;
}

/** Throws what Python would for a body that is no JSON object. */
export function bodyOf(request: OdooRequest): PyDict {
  const body = readJson(request.bodyText);
  if (isPyDict(body)) return body;
  throw new PythonError('AttributeError', `'${typeName(body)}' object has no attribute 'get'`);
}

export function paramsOf(request: OdooRequest): PyDict {
  return request.method === 'POST' ? bodyOf(request) : request.query;
}
