// What one attempt came to, and what a subscriber's status means.
// A message says what to do next; it must never hold a secret, a path, the payload or the subscriber's words.

import type { DeliveryFailureCode } from '../../domain/delivery-failure';
import { retryAfterMs } from './retry-after';

/** Said of what is tried again; the last attempt says in its place that it is given up. */
export const TRIED_LATER = 'it is tried later';

interface Told {
  readonly durationMs: number;
  /** For ops: what happened and what to do. */
  readonly message: string;
}

interface Answered extends Told {
  readonly status: number;
  /** The first 2 kB of the answer, in the subscriber's own words; not to be trusted. */
  readonly response: string;
}

interface PerhapsAnswered extends Told {
  /** Null when nothing came. */
  readonly status: number | null;
  readonly response: string | null;
}

/** 2xx. */
export type Sent = Answered & { readonly kind: 'sent' };
/** Later it may go well. */
export type Retry = PerhapsAnswered & {
  readonly kind: 'retry';
  readonly errorClass: DeliveryFailureCode;
  /** What the subscriber asked for, at most a day. */
  readonly retryAfterMs: number | null;
};
/** The same attempt would fail again. */
export type Refused = PerhapsAnswered & {
  readonly kind: 'refused';
  readonly errorClass: DeliveryFailureCode;
};
/** 410: the subscription is to be disabled. */
export type Gone = Answered & { readonly kind: 'gone'; readonly errorClass: 'gone' };

export type SendResult = Sent | Retry | Refused | Gone;

export interface SubscriberAnswer {
  /** Scheme, host and port; a path may hold a secret. */
  readonly origin: string;
  readonly status: number;
  readonly retryAfter: string | null;
  readonly response: string;
  readonly durationMs: number;
}

/** Of a whole answer, or of one whose status decides anyway. */
export function outcomeOf(answer: SubscriberAnswer, nowMs: number): SendResult {
  const { origin, status, response, durationMs } = answer;
  const told = (text: string) => ({ status, response, durationMs, message: `${origin}: ${text}` });
  const retry = (errorClass: DeliveryFailureCode, text: string): Retry => ({
    kind: 'retry',
    errorClass,
    retryAfterMs: retryAfterMs(answer.retryAfter, nowMs),
    ...told(text),
  });
  if (isSuccess(status)) return { kind: 'sent', ...told(`took the event (${status})`) };
  if (status === 410) {
    const text = 'wants no more events (410): the subscription is disabled; resume it when this is a mistake';
    return { kind: 'gone', errorClass: 'gone', ...told(text) };
  }
  if (status === 429) {
    return retry('rate-limited', `is called too often (429): ${TRIED_LATER}; lower its rate if this stays`);
  }
  if (status === 408 || status === 409 || status === 425) {
    return retry('not-ready', `is not ready for the event (${status}): ${TRIED_LATER}`);
  }
  if (status >= 300 && status < 400) {
    const text = `redirects (${status}), which is not followed: give the subscription the final address`;
    return { kind: 'refused', errorClass: 'redirected', ...told(text) };
  }
  if (status >= 400 && status < 500) {
    const text = `refuses the event (${status}): ${REFUSALS.get(status) ?? REFUSAL}`;
    return { kind: 'refused', errorClass: 'rejected', ...told(text) };
  }
  return retry('server-error', `failed (${status}): ${TRIED_LATER}; look at the subscriber's own log`);
}

export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

const REFUSAL = 'look at its answer and its log, then retry the delivery';
const UNTRUSTED = 'compare the secret there with the subscription, then retry the delivery';
const REFUSALS: ReadonlyMap<number, string> = new Map([
  [401, UNTRUSTED],
  [403, UNTRUSTED],
  [404, 'nothing answers at this path; correct the address of the subscription'],
  [405, 'this path takes no POST; correct the address of the subscription'],
  [413, 'the body is too large for it; raise its limit, then retry the delivery'],
]);
