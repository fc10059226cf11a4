// Tells an answer of Odoo's from its failures, those disguised as success included.
// Must never take an answer with an error in it for "nothing new".

import { isJsonObject } from '../domain/json-object';
import type { Json, JsonObject } from '../domain/event';
import type { OdooReply } from '../domain/failure';
import { failed, quoted } from './failed';
import { isJson } from './wire';

export interface OdooAnswer {
  readonly status: number;
  /** Where a redirect leads to. */
  readonly location: string | null;
  readonly text: string;
}

/** The JSON object that every good answer is, or why this one is not good. */
export function readAnswer({ status, location, text }: OdooAnswer): OdooReply<JsonObject> {
  if (status >= 200 && status < 300) return readSuccess(status, text);
  if (status >= 300 && status < 400) return redirected(status, location);
  if (status === 401) {
    return failed(
      'odoo-key-refused',
      status,
      `Odoo refused the key (401): set ODOO_API_KEY to the key of the auto_webhook settings, and see that one is set there`,
    );
  }
  if (status === 404) return notFound(text);
  if (status >= 500) {
    return failed(
      'odoo-server-error',
      status,
      `Odoo, or a proxy before it, failed (${status})${itsWords(text)}; look into its log`,
    );
  }
  return failed(
    'odoo-request-refused',
    status,
    `Odoo, or a proxy before it, refused the request (${status})${itsWords(text)}; check ODOO_URL and the version of auto_webhook`,
  );
}

function readSuccess(status: number, text: string): OdooReply<JsonObject> {
  const body = parseJson(text);
  if (!isJsonObject(body)) {
    const title = titleOf(text);
    const what =
      title === null ? 'something that is not a JSON object' : `a web page titled ${quoted(title)}`;
    return failed(
      'odoo-wrong-shape',
      status,
      `Odoo answered ${what} (${status}); check that ODOO_URL leads to Odoo itself, not to a login page or a proxy`,
    );
  }
  // `success` is true here even when the query was cancelled or the database connection was killed.
  // An empty text counts: an exception without words. `false` does not: Odoo writes it for "none".
  const hasError = Object.hasOwn(body, 'error') && body['error'] !== false && body['error'] !== null;
  if (hasError || body['success'] === false) {
    return failed(
      'odoo-error-in-answer',
      status,
      `Odoo answered ${status} with an error inside${itsWords(text)}; look at Odoo's database and log; nothing was taken from this answer`,
    );
  }
  return { kind: 'ok', value: body };
}

function redirected(status: number, location: string | null): OdooReply<never> {
  // Without the query: it may hold a token.
  const target = location === null ? 'nowhere' : quoted(location.split(/[?#]/, 1)[0] ?? '');
  return failed(
    'odoo-redirected',
    status,
    `Odoo redirects (${status}) to ${target}; set ODOO_URL to the address it leads to (https?)`,
  );
}

// A proxy's own 404 page has the title of werkzeug's, but signs it.
const SIGNED_BY_A_PROXY = /<address>|<hr>\s*<center>/i;

function notFound(text: string): OdooReply<never> {
  if (isJsonObject(parseJson(text))) {
    return failed(
      'odoo-request-refused',
      404,
      `Odoo knows the path but not what was asked for (404)${itsWords(text)}`,
    );
  }
  // With its database gone Odoo knows no path at all, and werkzeug, the server below it, answers.
  if (titleOf(text) === '404 Not Found' && !SIGNED_BY_A_PROXY.test(text)) {
    return failed(
      'odoo-database-down',
      404,
      `Odoo knows no path at all (404): its database is down, or none is selected; check the database, Odoo's log and its dbfilter`,
    );
  }
  return failed(
    'odoo-addon-missing',
    404,
    `there is no auto_webhook at this address (404): check ODOO_URL, and that the addon auto_webhook is installed in that database`,
  );
}

function itsWords(text: string): string {
  const body = parseJson(text);
  if (!isJsonObject(body)) {
    const title = titleOf(text);
    return title === null ? '' : `: page ${quoted(title)}`;
  }
  const { error, message } = body;
  const words = typeof error === 'string' ? error : message;
  return typeof words === 'string' ? `: ${quoted(words)}` : '';
}

function titleOf(html: string): string | null {
  return /<title>([^<]*)<\/title>/i.exec(html)?.[1]?.trim() ?? null;
}

function parseJson(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJson(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
