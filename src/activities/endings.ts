// Ends deliveries without sending: their subscription wants nothing more, or a newer one takes their place.
import type { DeliverAnswer, DeliveryRef } from '../contracts/activities';
import { assertNever } from '../domain/assert-never';
import type { LoadedDelivery } from '../store/deliveries/load';
import type { Settle } from './recording';

export type Ending = 'discarded' | 'superseded' | 'disabled';

export function endWithoutSending(
  settle: Settle,
  ref: DeliveryRef,
  loaded: LoadedDelivery,
  as: Ending,
): Promise<DeliverAnswer> {
  switch (as) {
    case 'discarded':
    case 'superseded':
      return settle({ ...ref, attempt: null, end: { state: as } });
    case 'disabled':
      return giveUp(settle, ref, loaded);
    default:
      return assertNever(as);
  }
}

/** A refusal that disabled it is the reason, and stays the last attempt. */
function giveUp(
  settle: Settle,
  ref: DeliveryRef,
  { subscription, lastFailure }: LoadedDelivery,
): Promise<DeliverAnswer> {
  if (lastFailure?.code === 'gone') {
    const { code, message } = lastFailure;
    return settle({ ...ref, attempt: null, end: { state: 'dead' } }, { failure: { code, message } });
  }
  const why = subscription.statusReason === null ? '' : ` (${subscription.statusReason})`;
  const message = `"${subscription.name}" is disabled${why}: resume the subscription, then retry`;
  const none = { status: null, durationMs: 0, response: null };
  const attempt = { ...none, errorClass: 'subscription-disabled', message };
  return settle({ ...ref, attempt, end: { state: 'dead' } });
}
