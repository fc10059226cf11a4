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
