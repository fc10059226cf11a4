// How the attempts of subscriptions go, beside what else a subscription shows.
import { circuitState } from '../domain/circuit';
import { readCircuits, type Circuit } from '../store/circuits';
import type { Database } from '../store/database';
import { timeOf } from './present';

/** In the order in which they came. */
export async function withCircuits<T extends { readonly id: string }>(
  db: Database,
  subscriptions: readonly T[],
): Promise<readonly (T & ReturnType<typeof presentCircuit>)[]> {
  const circuits = await readCircuits(
    db,
    subscriptions.map(({ id }) => id),
  );
  return subscriptions.map((one) => ({ ...one, ...presentCircuit(circuits.get(one.id) ?? null) }));
}

export async function withCircuit<T extends { readonly id: string }>(
  db: Database,
  subscription: T,
): Promise<T & ReturnType<typeof presentCircuit>> {
  const circuits = await readCircuits(db, [subscription.id]);
  return { ...subscription, ...presentCircuit(circuits.get(subscription.id) ?? null) };
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
