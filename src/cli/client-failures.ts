// Why the bridge could not be asked, or did not do it, in words that say what to do next. Never shows a key.
import { CliExit, CliFailure } from './io';
import { asCommands } from './wording';

export interface FailedAnswer {
  readonly status: number;
  readonly location: string | null;
  /** Null when it is no JSON object. */
  readonly json: Readonly<Record<string, unknown>> | null;
  readonly url: string;
  /** `POST /api/v1/events/17/retry` */
  readonly asked: string;
  readonly hadKey: boolean;
  /** By which the bridge's log names the request. */
  readonly requestId: string | null;
}

/** No answer came at all. */
export class BridgeSilent extends CliFailure {}

const CAUSES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there. Is Jisr running? Start it with `jisr start`',
  ERR_SSL_WRONG_VERSION_NUMBER: 'does not speak TLS (is it http:// there?)',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name server does not answer',
  ECONNRESET: 'the connection broke',
  UND_ERR_SOCKET: 'the connection broke',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
};

export function unreachable(
  error: unknown,
  { url, timeoutMs, gaveUp }: { url: string; timeoutMs: number; gaveUp: boolean },
): Error {
  if (gaveUp) return new CliExit(130);
  // Not `instanceof`: it is none of Error's in every realm.
  if (typeof error === 'object' && error !== null && 'name' in error && error.name === 'TimeoutError') {
    const next = `see that it is up (${url}/readyz), then try again`;
    return new BridgeSilent(`${url}: no answer within ${Math.round(timeoutMs / 1000)} s: ${next}`);
  }
  const { code, message } = innermost(error);
  const cause = CAUSES[code] ?? (/CERT|TLS|SSL|SELF_SIGNED/.test(code) ? `TLS: ${message}` : message);
  return new BridgeSilent(`${url}: ${cause}; else set JISR_URL to where its API is`);
}

export function failedAnswer(answer: FailedAnswer): CliFailure {
  const { status, location, json, url, asked, hadKey, requestId } = answer;
  if (status >= 300 && status < 400)
    return new CliFailure(`${url} leads on to ${originOf(location)}: set JISR_URL to the final address`);
  if (json === null || typeof json['detail'] !== 'string') return notJisr(url, status);
  if (status === 401) return new CliFailure(hadKey ? REFUSED_KEY : NO_KEY, json);
  const wrong = wrongValues(json['errors']);
  const detail = wrong.length === 0 ? asCommands(json['detail']) : wrong.join('\n');
  if (status === 405 || /^there is nothing at /.test(json['detail']))
    return new CliFailure(
      `this Jisr does not know ${asked}: bring it to the version of the command line${orItsPath(url)}`,
      json,
    );
  return new CliFailure(status < 500 || requestId === null ? detail : `${detail} (${requestId})`, json);
}

export function notJisr(url: string, status: number): CliFailure {
  return new CliFailure(
    `${url} answered something that is not Jisr's (${status}): see that JISR_URL leads to its API, not to a proxy's or login page`,
  );
}

const WHERE = 'npm start keeps it in data/admin-key; elsewhere it is JISR_ADMIN_KEY of the server';
const NO_KEY = `no key was sent (401): set JISR_API_KEY or JISR_API_KEY_FILE. ${WHERE}`;
const REFUSED_KEY = `the key is not that of this Jisr (401): correct JISR_API_KEY or JISR_API_KEY_FILE. ${WHERE}`;

/** One line for each value that was refused, by the name of its option. */
function wrongValues(errors: unknown): readonly string[] {
  if (!Array.isArray(errors)) return [];
  const list: readonly unknown[] = errors;
  return list.flatMap((one) => {
    if (typeof one !== 'object' || one === null) return [];
    const { where, found, expected }: { where?: unknown; found?: unknown; expected?: unknown } = one;
    const name = String(where).replace(/^(query|body)\.(filter\.)?/, '');
    return [`${name}: found ${String(found)}, expected ${String(expected)}`];
  });
}

function orItsPath(url: string): string {
  const { pathname } = new URL(url);
  return pathname === '/' ? '' : `, or take ${pathname} off JISR_URL`;
}

function originOf(location: string | null): string {
  return location !== null && URL.canParse(location) ? new URL(location).origin : 'another place';
}

function innermost(error: unknown): { code: string; message: string } {
  let code = '';
  let message = 'it cannot be reached';
  for (let cause = error; typeof cause === 'object' && cause !== null;) {
    if ('code' in cause && typeof cause.code === 'string') code = cause.code;
    if ('message' in cause && typeof cause.message === 'string' && cause.message !== '')
      message = cause.message;
    // Several addresses were tried.
    const errors = 'errors' in cause && Array.isArray(cause.errors) ? cause.errors : [];
    const first: unknown = errors[0];
    cause = 'cause' in cause ? cause.cause : first;
  }
  return { code, message };
}
