// Why a delivery did not reach its subscriber, by cause: what ops filter, count and read.
// Never says whether it is tried again; that is the channel's answer.

export const DELIVERY_FAILURE_CODES = [
  'invalid-url', // the subscription's address cannot be used: no http(s), or a user or password in it
  'address-refused', // private, loopback, metadata …, and in no allowed CIDR; nothing was sent
  'dns-failed', // no such host, or the name server does not answer
  'connection-refused', // nobody listens on that port
  'unreachable', // no route to the host or the network
  'connection-broken', // it broke before the answer was whole; the subscriber may have got the event
  'tls-failed', // certificate or handshake
  'bad-answer', // what came back is not readable HTTP
  'timeout', // no whole answer in time; the subscriber may have got the event
  'redirected', // 3xx: never followed, the event would go to somebody nobody subscribed
  'rejected', // 4xx that a repetition does not cure
  'gone', // 410: the subscriber wants nothing more
  'not-ready', // 408, 409, 425: later
  'rate-limited', // 429: later, and slower
  'server-error', // 5xx
  'secret-unreadable', // nothing was sent: JISR_SECRET_KEY is not the one that the subscription was made with
  'subscription-disabled', // nothing was sent: resume the subscription, then retry
] as const;
export type DeliveryFailureCode = (typeof DELIVERY_FAILURE_CODES)[number];

/** No failure of an attempt: the run that had the event was terminated, timed out, failed or was cancelled. */
export const RUN_ENDED = 'run-ended';

/** What a person presses, as docs/runbook.md has it. */
const NEXT: Readonly<Record<DeliveryFailureCode | typeof RUN_ENDED, string>> = {
  'invalid-url': 'give the subscription another `url` (`PATCH`), then `retry`',
  'address-refused': 'allow the network in `JISR_WEBHOOK_ALLOW_CIDR`, restart the workers, then `retry`',
  'dns-failed': 'mend the DNS; a wrong name: give the subscription another `url` (`PATCH`). Then `retry`',
  'connection-refused': 'start the subscriber, then `retry`',
  unreachable: "look at the network of the worker's machine, then `retry`",
  'connection-broken': "look at the subscriber's log, and the proxy before it, then `retry`",
  'tls-failed': 'mend the certificate; `NODE_EXTRA_CA_CERTS` for an authority of your own. Then `retry`',
  'bad-answer': 'look whether scheme and port are those of the subscriber, then `retry`',
  timeout: 'let it answer first and work afterwards, then `retry`',
  redirected: 'give the subscription the final address (`PATCH`), then `retry`',
  rejected: '401, 403: compare the secret; 404, 405: the address; else its log. Then `retry`',
  gone: 'a mistake: `resume` the subscription, then `retry`. Else delete it and `discard`',
  'not-ready': '`retry` when the subscriber is ready',
  'rate-limited': "raise the subscriber's limit, or lower the subscription's rate, then `retry`",
  'server-error': "look at the subscriber's log, mend it, then `retry`",
  'secret-unreadable':
    'start the workers with the `JISR_SECRET_KEY` that was set when it was made, then `retry`',
  'subscription-disabled': '`resume` the subscription, then `retry` the event',
  'run-ended': 'look in the Temporal Web UI who ended its run and why, then `retry`',
};

/** What to do about a dead letter; of a class that this version does not know, the runbook. */
export function nextStepFor(errorClass: string): string {
  const known = Object.entries(NEXT).find(([code]) => code === errorClass);
  return known?.[1] ?? 'look into docs/runbook.md, mend the cause, then `retry`';
}
