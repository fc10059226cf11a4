// What an endpoint answers, and Odoo's ready-made answers to what is wrong with a request.
// Never sends anything.

import type { Json, JsonObject } from '../../domain/event';
import type { Change } from '../change-types';
import { naiveMicroseconds, writeJson } from '../python/json-writer';
import type { PythonError } from '../python/values';
import { INTERNAL_ERROR_PAGE } from './pages';

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  /** What Odoo has to do for it; without it, nothing that takes time. */
  readonly work?: Work;
}

export type Work =
  | { readonly kind: 'served'; readonly changes: readonly Change[]; readonly hasMore: boolean }
  /** The rows are marked when the work is done, just before the answer goes out. */
  | { readonly kind: 'mark'; readonly pullIds: readonly number[] };

/** As the recorded pages have it; Odoo's own 404 page alone has no space after the semicolon. */
export const HTML = 'text/html; charset=utf-8';
export const JSON_TYPE = 'application/json';

export function page(status: number, html: string, contentType: string = HTML): Answer {
  return { status, contentType, body: html };
}

export function json(status: number, body: JsonObject): Answer {
  return { status, contentType: JSON_TYPE, body: writeJson(body) };
}

export interface Stamp {
  readonly now: () => number;
}

/** Every good answer ends with the time. */
export function success(body: Readonly<Record<string, Json>>, { now }: Stamp): Answer {
  return json(200, { success: true, ...body, timestamp: naiveMicroseconds(now()) });
}

export function refusal(status: number, message: string, { now }: Stamp): Answer {
  return json(status, { error: true, message, timestamp: naiveMicroseconds(now()) });
}

/** What the endpoints make of an exception that they did not expect. */
export function raised(error: PythonError, stamp: Stamp): Answer {
  switch (error.type) {
    case 'JSONDecodeError':
      return refusal(400, `Invalid JSON body: ${error.message}`, stamp);
    case 'ValueError':
      return refusal(400, `Invalid parameter: ${error.message}`, stamp);
    case 'TypeError':
    case 'AttributeError':
    case 'DatabaseError':
      return refusal(500, `Internal server error: ${error.message}`, stamp);
  }
}

/** The transaction failed after the endpoint had returned. */
export function commitFailed(): Answer {
  return page(500, INTERNAL_ERROR_PAGE);
}
