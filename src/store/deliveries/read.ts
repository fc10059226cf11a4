// Deliveries and what people did, for people and programs to look at.
import { asc, eq, inArray } from 'drizzle-orm';
import type { DeliveryState } from '../../domain/delivery';
import type { EventAction } from '../../domain/event-action';
import type { Database } from '../database';
import { deliveries, deliveryAttempts, eventActions, subscriptions } from '../schema';

export interface KeptAttempt {
  readonly atMs: number;
  readonly status: number | null;
  readonly durationMs: number;
  readonly response: string | null;
  readonly errorClass: string | null;
  readonly message: string;
}

export interface KeptDelivery {
  readonly id: string;
  readonly subscriptionId: string;
  readonly subscription: string;
  readonly state: DeliveryState;
  readonly nextAttemptAtMs: number | null;
  /** The first one first. */
  readonly attempts: readonly KeptAttempt[];
}

export async function readDeliveries(db: Database, eventSeq: number): Promise<readonly KeptDelivery[]> {
  const rows = await db
    .select({ delivery: deliveries, name: subscriptions.name })
    .from(deliveries)
    .innerJoin(subscriptions, eq(subscriptions.id, deliveries.subscriptionId))
    .where(eq(deliveries.eventSeq, eventSeq))
    .orderBy(asc(deliveries.seq));
  const attempts = await attemptsOf(
    db,
    rows.map(({ delivery }) => delivery.id),
  );
  return rows.map(({ delivery, name }) => ({
    id: delivery.id,
    subscriptionId: delivery.subscriptionId,
    subscription: name,
    state: delivery.state,
    nextAttemptAtMs: delivery.nextAttemptAt?.getTime() ?? null,
    attempts: attempts.get(delivery.id) ?? [],
  }));
}

/** By the id of the delivery, each one's first attempt first. */
export async function attemptsOf(
  db: Database,
  deliveryIds: readonly string[],
): Promise<ReadonlyMap<string, readonly KeptAttempt[]>> {
  const found = new Map<string, KeptAttempt[]>();
  if (deliveryIds.length === 0) return found;
  const rows = await db
    .select()
    .from(deliveryAttempts)
    .where(inArray(deliveryAttempts.deliveryId, [...deliveryIds]))
    .orderBy(asc(deliveryAttempts.deliveryId), asc(deliveryAttempts.number));
  for (const { deliveryId, number: _, at, ...attempt } of rows) {
    const kept = { ...attempt, atMs: at.getTime() };
    const known = found.get(deliveryId);
    if (known === undefined) found.set(deliveryId, [kept]);
    else known.push(kept);
  }
  return found;
}

export interface KeptAction {
  readonly action: EventAction;
  readonly reason: string | null;
  /** The name of the key that asked; null for Jisr itself and for the Temporal Web UI. */
  readonly actor: string | null;
  /** The bulk act that it was a part of. */
  readonly replayId: string | null;
  readonly atMs: number;
}

export async function readActions(db: Database, eventSeq: number): Promise<readonly KeptAction[]> {
  const rows = await db
    .select()
    .from(eventActions)
    .where(eq(eventActions.eventSeq, eventSeq))
    .orderBy(asc(eventActions.id));
  return rows.map(({ action, reason, actor, replayId, at }) => ({
    action,
    reason,
    actor,
    replayId,
    atMs: at.getTime(),
  }));
}
