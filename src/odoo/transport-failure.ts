// Names why a connection to Odoo gave no answer, and says what to check.
// Must never name a mistake of ours (a bad argument, an unknown error): those are thrown on.

import { errors } from 'undici';

import type { OdooReply } from '../domain/failure';
import { failed } from './failed';

const TIMEOUTS: ReadonlyMap<string, string> = new Map([
  [
    'UND_ERR_CONNECT_TIMEOUT',
    'no connection in time: check the address in ODOO_URL and the firewall between',
  ],
  ['ETIMEDOUT', 'no connection in time: check the address in ODOO_URL and the firewall between'],
  [
    'UND_ERR_HEADERS_TIMEOUT',
    'no answer in time: Odoo is overloaded, or a table is locked; look at its database',
  ],
  [
    'UND_ERR_BODY_TIMEOUT',
    'the answer stopped coming: look at Odoo and the network, or lower ODOO_PULL_LIMIT',
  ],
]);

const BROKE_OFF = 'the connection broke off: did Odoo, or a proxy before it, restart?';

const CAUSES: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'nobody listens there: start Odoo, or correct host and port in ODOO_URL'],
  ['ENOTFOUND', 'no such host: correct ODOO_URL, or the DNS'],
  ['EAI_AGAIN', 'the name server does not answer: check the DNS'],
  ['EHOSTUNREACH', 'no route to the host: check the network and ODOO_URL'],
  ['ENETUNREACH', 'no route to the network: check the network and ODOO_URL'],
  ['ECONNRESET', BROKE_OFF],
  ['EPIPE', BROKE_OFF],
  ['UND_ERR_SOCKET', BROKE_OFF],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', BROKE_OFF],
  ['UND_ERR_HEADERS_OVERFLOW', 'its headers are too large: is that Odoo? Check ODOO_URL'],
]);

/** undici loses the code of its parser's errors (it looks a number up among names), whatever its types say. */
const PARSER_ERROR = 'HPE_ERROR';

const FAMILIES: readonly (readonly [RegExp, string])[] = [
  [/^HPE_/, 'it does not speak HTTP: check scheme and port in ODOO_URL'],
  [
    /^(ERR_SSL_|ERR_TLS_|EPROTO$|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/,
    'TLS failed: check https in ODOO_URL and the certificate (NODE_EXTRA_CA_CERTS for an own authority)',
  ],
];

/** Null for an error that is not the connection's fault. */
export function transportFailure(error: unknown, origin: string): OdooReply<never> | null {
  const code = codeOf(error);
  if (code === null) return null;
  const lateness = TIMEOUTS.get(code);
  if (lateness !== undefined) return failed('odoo-timeout', null, `${origin}: ${lateness} (${code})`);
  const advice =
    CAUSES.get(code) ?? FAMILIES.find(([family]) => family.test(code))?.[1] ?? systemError(error);
  return advice === null ? null : failed('odoo-unreachable', null, `${origin}: ${advice} (${code})`);
}

/** The whole exchange took too long, however often a byte came. */
export function deadlineFailure(origin: string, limitMs: number): OdooReply<never> {
  return failed(
    'odoo-timeout',
    null,
    `${origin}: the answer was not complete after ${limitMs / 1000} s: look at Odoo and the network, or lower ODOO_PULL_LIMIT`,
  );
}

function codeOf(error: unknown): string | null {
  if (isObject(error) && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof errors.HTTPParserError ? PARSER_ERROR : null;
}

function systemError(error: unknown): string | null {
  return isObject(error) && 'syscall' in error
    ? 'the connection failed: check the network and ODOO_URL'
    : null;
}

// Not `instanceof Error`: errors of sockets come from Node's own realm, which is another one in a vm context.
function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
