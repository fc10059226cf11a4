// One HTTP exchange with Odoo: connection, key, time and size limits.
// Must never follow a redirect, retry, or let the key into a failure.

import { Agent, request, type Dispatcher } from 'undici';

import type { JsonObject } from '../domain/event';
import type { OdooReply } from '../domain/failure';
import { readAnswer } from './answer';
import { failed } from './failed';
import { deadlineFailure, transportFailure } from './transport-failure';

const TOO_LATE = new Error('the deadline of an exchange with Odoo');

export interface OdooHttpOptions {
  /** May have a path prefix and a trailing slash. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly connectTimeoutMs: number;
  readonly maxAnswerBytes: number;
  /** Instead of an agent of our own; whoever gives it closes it. */
  readonly dispatcher?: Dispatcher | undefined;
}

export interface OdooRequest {
  readonly method: Dispatcher.HttpMethod;
  /** Below the base URL, with its query. */
  readonly path: `/${string}`;
  readonly body?: JsonObject;
  /** Health wants no key, so it gets none. */
  readonly withKey: boolean;
  /** How long Odoo may be silent; the whole exchange may take twice that. */
  readonly readTimeoutMs: number;
}

export interface OdooHttp {
  call(asked: OdooRequest, signal?: AbortSignal): Promise<OdooReply<JsonObject>>;
  close(): Promise<void>;
}

export function createOdooHttp(options: OdooHttpOptions): OdooHttp {
  const { apiKey, maxAnswerBytes } = options;
  const base = parseBaseUrl(options.baseUrl);
  if (!/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new Error('ODOO_API_KEY is empty or holds characters that cannot stand in an HTTP header');
  }
  const ownAgent =
    options.dispatcher === undefined ? new Agent({ connect: { timeout: options.connectTimeoutMs } }) : null;
  const dispatcher = options.dispatcher ?? ownAgent ?? undefined;

  async function exchange(asked: OdooRequest, signal: AbortSignal): Promise<OdooReply<JsonObject>> {
    const response = await request(base.href + asked.path, {
      method: asked.method,
      headers: {
        accept: 'application/json',
        // Odoo refuses the same key as a Bearer token.
        ...(asked.withKey ? { 'x-api-key': apiKey } : {}),
        ...(asked.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: asked.body === undefined ? null : JSON.stringify(asked.body),
      headersTimeout: asked.readTimeoutMs,
      bodyTimeout: asked.readTimeoutMs,
      signal,
      ...(dispatcher === undefined ? {} : { dispatcher }),
    });
    const text = await readText(response, maxAnswerBytes);
    if (text === null) {
      return failed(
        'odoo-answer-too-large',
        response.statusCode,
        `the answer is larger than ${maxAnswerBytes} bytes: lower ODOO_PULL_LIMIT`,
      );
    }
    const location = response.headers['location'];
    return readAnswer({
      status: response.statusCode,
      location: typeof location === 'string' ? location : null,
      text,
    });
  }

  return {
    async call(asked, signal) {
      signal?.throwIfAborted();
      // undici's limits are about silence; a server that sends a byte a minute needs this one.
      const limitMs = 2 * asked.readTimeoutMs;
      const stop = new AbortController();
      const timer = setTimeout(() => {
        stop.abort(TOO_LATE);
      }, limitMs);
      const onAbort = (): void => {
        stop.abort();
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      try {
        return withoutKey(await orAborted(exchange(asked, stop.signal), stop.signal), apiKey);
      } catch (error) {
        signal?.throwIfAborted();
        if (stop.signal.reason === TOO_LATE) return deadlineFailure(base.origin, limitMs);
        const failure = transportFailure(error, base.origin);
        if (failure === null) throw error;
        return failure;
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      }
    },
    async close() {
      await ownAgent?.close();
    },
  };
}

/** undici hears of an abort only once a request has its connection: neither while it connects nor in a queue. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener(
      'abort',
      () => {
        reject(new Error('given up'));
      },
      { once: true },
    );
    work.then(resolve, reject);
  });
}

interface BaseUrl {
  readonly origin: string;
  /** Without a trailing slash. */
  readonly href: string;
}

function parseBaseUrl(text: string): BaseUrl {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new Error('ODOO_URL is not an http or https address');
  }
  // They would end up in messages and logs.
  if (url.username !== '' || url.password !== '') {
    throw new Error('ODOO_URL holds a user or password: remove it, the key is ODOO_API_KEY');
  }
  return { origin: url.origin, href: url.origin + url.pathname.replace(/\/+$/, '') };
}

/** Null when the body is, or announces itself, larger than allowed. */
async function readText(response: Dispatcher.ResponseData, maxBytes: number): Promise<string | null> {
  const { body, headers } = response;
  if (Number(headers['content-length'] ?? 0) > maxBytes) {
    // Destroying a body that nobody read to its end raises an error, which here is no news.
    body.on('error', () => undefined).destroy();
    return null;
  }
  const pieces: AsyncIterable<Uint8Array> = body;
  const read: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.byteLength;
    if (bytes > maxBytes) return null; // leaving the loop destroys the body, and with it the connection
    read.push(piece);
  }
  return Buffer.concat(read).toString('utf8');
}

/** Odoo's words are quoted in messages, and an odd server may echo what it was sent. */
function withoutKey<T>(reply: OdooReply<T>, apiKey: string): OdooReply<T> {
  if (reply.kind === 'ok') return reply;
  return {
    kind: 'failed',
    failure: { ...reply.failure, message: reply.failure.message.replaceAll(apiKey, '***') },
  };
}
