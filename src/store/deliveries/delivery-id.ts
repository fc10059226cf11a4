// The name of a delivery, and its `webhook-id`: by it a subscriber knows a repetition, so it depends on nothing
// else than event and subscription.
import { createHash } from 'node:crypto';

/** A hash, since a key may hold dots and slashes, which the signature of a webhook does not allow. */
export function deliveryId(eventKey: string, subscriptionId: string): string {
  const pair = JSON.stringify([eventKey, subscriptionId]);
  return `msg_${createHash('sha256').update(pair).digest('hex').slice(0, 32)}`;
}
