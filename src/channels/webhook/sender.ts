// One attempt to hand a signed event to a subscriber, within one deadline.
// Must never follow a redirect, retry, or call an address that the guard refuses.

import type { Pool } from 'undici';

import { createAddressGuard } from './address-guard';
import { readAnswerText } from './answer-text';
import { createConnectionPools } from './connection-pools';
import { startDeadline, type Deadline } from './deadline';
import { createGuardedConnector, type Lookup } from './guarded-connector';
import { isSuccess, outcomeOf, type SendResult } from './outcome';
import { signedHeaders } from './signature';
import { readTargetUrl } from './target-url';
import { lateFailure, transportFailure, type TransportFailure } from './transport-failure';

export interface WebhookSenderOptions {
  /** Networks that may be called although they are not public. */
  readonly allowCidrs: readonly string[];
  readonly userAgent: string;
  readonly nowMs: () => number;
  /** Instead of the system's name lookup. */
  readonly lookup?: Lookup | undefined;
  /** PEM, instead of Node's own authorities. */
  readonly ca?: string | undefined;
}

export interface WebhookToSend {
  readonly url: string;
  /** The same for all attempts of one event to one subscription. */
  readonly id: string;
  readonly body: string;
  /** The newest first; at least one. */
  readonly secrets: readonly string[];
  /** For all of it: connection, TLS, headers, body. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Of the trace that the attempt is recorded in. */
  readonly traceparent?: string | undefined;
}

export interface WebhookSender {
  /** Throws when `signal` is aborted, and on mistakes of the caller; all else is a result. */
  send(webhook: WebhookToSend): Promise<SendResult>;
  /** Waits for attempts under way. */
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 10_000;
const POOL_LIMITS = { idleOrigins: 100, connectionsPerOrigin: 16 };

/** Throws when a CIDR cannot be read. */
export function createWebhookSender(options: WebhookSenderOptions): WebhookSender {
  const { allowCidrs, userAgent, nowMs, lookup, ca } = options;
  const guard = createAddressGuard(allowCidrs);
  const connect = createGuardedConnector({ guard, lookup, ca, connectTimeoutMs: CONNECT_TIMEOUT_MS });
  const pools = createConnectionPools(connect, POOL_LIMITS);

  async function attempt(
    pool: Pool,
    url: URL,
    webhook: WebhookToSend,
    deadline: Deadline,
  ): Promise<SendResult> {
    const startedMs = nowMs();
    const duration = (): number => Math.max(0, nowMs() - startedMs);
    const failureOf = (error: unknown): TransportFailure => {
      webhook.signal?.throwIfAborted();
      if (deadline.passed()) return lateFailure(url.origin, webhook.timeoutMs);
      const failure = transportFailure(error, url.origin);
      if (failure === null) throw error;
      return failure;
    };
    const asked = {
      method: 'POST',
      path: url.pathname + url.search,
      headers: {
        'content-type': 'application/json',
        'user-agent': userAgent,
        ...signedHeaders({ ...webhook, atMs: startedMs }),
        ...(webhook.traceparent === undefined ? {} : { traceparent: webhook.traceparent }),
      },
      body: webhook.body,
      signal: deadline.signal,
    } as const;
    try {
      const answer = await deadline.limit(pool.request(asked));
      const { statusCode: status, headers } = answer;
      const { text: response, broken } = await readAnswerText(answer.body);
      if (broken !== null) {
        const failure = failureOf(broken.error);
        // A success that broke off may be a crash after the headers; the subscriber knows a repetition by its id.
        if (isSuccess(status)) {
          return { kind: 'retry', status, response, retryAfterMs: null, durationMs: duration(), ...failure };
        }
      }
      const given = headers['retry-after'];
      const retryAfter = typeof given === 'string' ? given : null;
      const durationMs = duration();
      return outcomeOf({ origin: url.origin, status, retryAfter, response, durationMs }, nowMs());
    } catch (error) {
      const failure = failureOf(error);
      const nothing = { status: null, response: null, durationMs: duration(), ...failure };
      return failure.errorClass === 'address-refused'
        ? { kind: 'refused', ...nothing }
        : { kind: 'retry', retryAfterMs: null, ...nothing };
    }
  }

  return {
    async send(webhook) {
      webhook.signal?.throwIfAborted();
      const target = readTargetUrl(webhook.url);
      if (target.kind === 'invalid') return invalidUrl(target.problem);
      const { url } = target;
      const deadline = startDeadline(webhook.timeoutMs, webhook.signal);
      try {
        return await pools.using(url.origin, (pool) => attempt(pool, url, webhook, deadline));
      } finally {
        deadline.end();
      }
    },
    close: () => pools.close(),
  };
}

function invalidUrl(message: string): SendResult {
  return { kind: 'refused', status: null, response: null, durationMs: 0, errorClass: 'invalid-url', message };
}
