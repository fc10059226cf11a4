// Why a delivery that is due is not made, and what ends that. Silent of a subscription that is gone.
import type { Desk } from './desk';
import { CliFailure } from './io';
import { understood } from './lists';
import { subscriptionShape, type Delivery, type Subscription } from './shapes';
import { pathOf } from './subscription-place';

/** By the ids of the subscriptions that hold something up. */
export type Holds = ReadonlyMap<string, string>;

export async function readHolds(desk: Desk, subscriptionIds: readonly string[]): Promise<Holds> {
  const holds = new Map<string, string>();
  for (const id of new Set(subscriptionIds)) {
    const hold = await readHold(desk, id);
    if (hold !== null) holds.set(id, hold);
  }
  return holds;
}

/** Of the deliveries that wait. */
export function holdsOnDeliveries(desk: Desk, deliveries: readonly Delivery[]): Promise<Holds> {
  const waiting = deliveries.filter(({ state }) => state === 'waiting');
  return readHolds(
    desk,
    waiting.map(({ subscription }) => subscription.id),
  );
}

/** Null when nothing is in the way. */
export function holdOf(
  desk: Desk,
  { name, status, circuit, circuit_open_until: openUntil }: Subscription,
): string | null {
  const resume = `\`jisr subscriptions resume ${name}\``;
  if (status === 'disabled') return `${name} is disabled: mend the cause, then ${resume}, then retry`;
  if (status === 'paused') return `${name} is paused: ${resume} sends what waits`;
  if (circuit !== 'open') return null;
  const next = openUntil === null ? '' : `, next attempt ${desk.time(openUntil)}`;
  return `the circuit of ${name} is open${next}: mend the cause, then ${resume} sends what waits at once`;
}

async function readHold(desk: Desk, id: string): Promise<string | null> {
  try {
    return holdOf(desk, understood(subscriptionShape, await desk.client.get(pathOf(id))));
  } catch (error) {
    if (error instanceof CliFailure && error.problem?.['status'] === 404) return null;
    throw error;
  }
}
