// Names why a subscriber gave no whole answer, and says what to check.
// Must never name a mistake of ours (a bad argument, an unknown error): those are thrown on.

import { errors } from 'undici';

import type { DeliveryFailureCode } from '../../domain/delivery-failure';
import { AddressRefused } from './guarded-connector';

export interface TransportFailure {
  readonly errorClass: DeliveryFailureCode;
  readonly message: string;
}

type Cause = readonly [DeliveryFailureCode, string];

const NO_ROUTE: Cause = ['unreachable', 'no route to it: check the address, and the network of this machine'];
const NO_CONNECTION: Cause = ['timeout', 'no connection in time: check the address and the firewall between'];
const BROKE_OFF: Cause = [
  'connection-broken',
  'the connection broke before the answer was whole: did the subscriber, or a proxy before it, restart?',
];
const BAD_ANSWER: Cause = [
  'bad-answer',
  'what it answers is not readable HTTP: check scheme and port of the address',
];

const CAUSES: ReadonlyMap<string, Cause> = new Map([
  ['UND_ERR_CONNECT_TIMEOUT', NO_CONNECTION],
  ['ETIMEDOUT', NO_CONNECTION],
  [
    'ECONNREFUSED',
    ['connection-refused', 'nobody listens there: start the subscriber, or correct the address'],
  ],
  ['ENOTFOUND', ['dns-failed', 'no such host: correct the address, or the DNS']],
  ['EAI_AGAIN', ['dns-failed', 'the name server does not answer: check the DNS']],
  ['EHOSTUNREACH', NO_ROUTE],
  ['ENETUNREACH', NO_ROUTE],
  ['EADDRNOTAVAIL', NO_ROUTE],
  ['ECONNRESET', BROKE_OFF],
  ['EPIPE', BROKE_OFF],
  ['UND_ERR_SOCKET', BROKE_OFF],
  ['UND_ERR_INFO', BROKE_OFF],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', BROKE_OFF],
  ['UND_ERR_HEADERS_OVERFLOW', BAD_ANSWER],
]);

const TLS =
  /^(ERR_SSL_|ERR_TLS_|EPROTO$|CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERROR_IN_C|INVALID_(CA|PURPOSE)$|PATH_LENGTH_|HOSTNAME_MISMATCH$)/;

/** Null for an error that is not the connection's fault. */
export function transportFailure(error: unknown, origin: string): TransportFailure | null {
  if (error instanceof AddressRefused) {
    return {
      errorClass: 'address-refused',
      message: `${origin}: its address ${error.address} is not public (${error.kind}): correct the address, or allow the network in JISR_WEBHOOK_ALLOW_CIDR`,
    };
  }
  // undici loses the code of its parser's errors (it looks a number up among names).
  const code = error instanceof errors.HTTPParserError ? 'HPE_ERROR' : textOf(error, 'code');
  const cause = code === null ? null : causeOf(code, error);
  return cause === null ? null : { errorClass: cause[0], message: `${origin}: ${cause[1]} (${code ?? ''})` };
}

/** The attempt took too long, however often a byte came. */
export function lateFailure(origin: string, limitMs: number): TransportFailure {
  const message = `${origin}: no whole answer within ${limitMs / 1000} s: let the subscriber answer first and work afterwards`;
  return { errorClass: 'timeout', message };
}

function causeOf(code: string, error: unknown): Cause | null {
  const known = CAUSES.get(code);
  if (known !== undefined) return known;
  if (code.startsWith('HPE_')) return BAD_ANSWER;
  if (TLS.test(code)) {
    return ['tls-failed', 'TLS failed: check its certificate (NODE_EXTRA_CA_CERTS for an own authority)'];
  }
  const systemCall = textOf(error, 'syscall');
  if (systemCall === null) return null;
  if (systemCall === 'getaddrinfo') return ['dns-failed', 'the name could not be looked up: check the DNS'];
  return ['connection-broken', 'the connection failed: check the network'];
}

// Not `instanceof Error`: errors of sockets come from Node's own realm, which is another one in a vm context.
function textOf(error: unknown, field: 'code' | 'syscall'): string | null {
  if (typeof error !== 'object' || error === null || !(field in error)) return null;
  const value: unknown = Reflect.get(error, field);
  return typeof value === 'string' ? value : null;
}
