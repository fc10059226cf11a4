// The one way from the command line to the bridge: HTTP, as anybody would. Every failure says what to do next.
// Never follows a redirect: the key would go along.
import type { Secret } from '../config';
import { failedAnswer, notJisr, unreachable } from './client-failures';

export type JsonObject = Readonly<Record<string, unknown>>;
export type Query = Readonly<Record<string, string | number | undefined>>;

export interface JisrClient {
  readonly url: string;
  get(path: string, query?: Query): Promise<JsonObject>;
  post(path: string, body?: JsonObject): Promise<JsonObject>;
  patch(path: string, body: JsonObject): Promise<JsonObject>;
  /** Answers an empty object where there is nothing to say. */
  delete(path: string): Promise<JsonObject>;
}

export interface ClientOptions {
  /** Without a slash at the end. */
  readonly url: string;
  readonly key: Secret | null;
  readonly userAgent: string;
  /** Ends what waits. */
  readonly enough?: AbortSignal | undefined;
  /** Of one call. Default 60 s: an act on many events looks at them first. */
  readonly timeoutMs?: number;
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** Its methods throw CliFailure. */
export function createClient(options: ClientOptions): JisrClient {
  const { url, key, userAgent, enough, timeoutMs = 60_000 } = options;

  async function call(method: Method, path: string, body?: JsonObject): Promise<JsonObject> {
    const limit = AbortSignal.timeout(timeoutMs);
    const asked = `${method} ${path.split('?', 1)[0] ?? ''}`;
    let status: number;
    let location: string | null;
    let requestId: string | null;
    let text: string;
    try {
      const answer = await fetch(`${url}${path}`, {
        method,
        redirect: 'manual',
        headers: {
          accept: 'application/json',
          'user-agent': userAgent,
          ...(key === null ? {} : { authorization: `Bearer ${key.reveal()}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: enough === undefined ? limit : AbortSignal.any([limit, enough]),
      });
      ({ status } = answer);
      location = answer.headers.get('location');
      requestId = answer.headers.get('x-request-id');
      text = await answer.text();
    } catch (error) {
      throw unreachable(error, { url, timeoutMs, gaveUp: enough?.aborted === true });
    }
    const json = parsed(text);
    if (status >= 300) {
      throw failedAnswer({ status, location, json, url, asked, hadKey: key !== null, requestId });
    }
    if (text === '') return {};
    if (json === null) throw notJisr(url, status);
    return json;
  }

  return {
    url,
    get: (path, query) => call('GET', withQuery(path, query)),
    post: (path, body) => call('POST', path, body ?? {}),
    patch: (path, body) => call('PATCH', path, body),
    delete: (path) => call('DELETE', path),
  };
}

function withQuery(path: string, query: Query = {}): string {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) words.set(name, String(value));
  const text = words.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** Null when it is no JSON object. */
function parsed(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
