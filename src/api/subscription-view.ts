// A subscription as the interface shows it: what was set, and how its attempts go. Never its secrets.
import { circuitState } from '../domain/circuit';
import { required } from '../domain/required';
import { readCircuits, type Circuit } from '../store/circuits';
import type { Database } from '../store/database';
import type { Subscription } from '../store/subscriptions';
import { timeOf } from './present';

/** In the order in which they came. */
export async function subscriptionViews(db: Database, subscriptions: readonly Subscription[]) {
  const circuits = await readCircuits(
    db,
    subscriptions.map(({ id }) => id),
  );
  return subscriptions.map((one) => ({
    ...presentSubscription(one),
    ...presentCircuit(circuits.get(one.id) ?? null),
  }));
}

export async function subscriptionView(db: Database, subscription: Subscription) {
  return required((await subscriptionViews(db, [subscription]))[0], 'the view of a subscription');
}

function presentSubscription(subscription: Subscription) {
  return {
    id: subscription.id,
    name: subscription.name,
    filter: subscription.filter,
    channel: subscription.channel,
    url: subscription.url,
    ordered: subscription.ordered,
    coalesce: subscription.coalesce,
    rate_per_second: subscription.ratePerSecond,
    status: subscription.status,
    status_reason: subscription.statusReason,
    seeded: subscription.seeded,
    previous_secret_until: timeOf(subscription.previousSecretUntilMs),
    created_at: timeOf(subscription.createdAtMs),
    updated_at: timeOf(subscription.updatedAtMs),
  };
}

function presentCircuit(circuit: Circuit | null) {
  const { failures = 0, failingSinceMs = null, openForMs = null, openUntilMs = null } = circuit ?? {};
  return {
    failing_since: failingSinceMs === null ? null : timeOf(failingSinceMs),
    failures,
    circuit: circuitState(openForMs),
    circuit_open_until: openUntilMs === null ? null : timeOf(openUntilMs),
  };
}
