// Deliveries and what people did, for people and programs to look at.
import { asc, eq } from 'drizzle-orm';
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
  const attempts = await db
    .select({ attempt: deliveryAttempts })
    .from(deliveryAttempts)
    .innerJoin(deliveries, eq(deliveries.id, deliveryAttempts.deliveryId))
    .where(eq(deliveries.eventSeq, eventSeq))
    .orderBy(asc(deliveryAttempts.deliveryId), asc(deliveryAttempts.number));
  return rows.map(({ delivery, name }) => ({
    id: delivery.id,
    subscriptionId: delivery.subscriptionId,
    subscription: name,
    state: delivery.state,
    nextAttemptAtMs: delivery.nextAttemptAt?.getTime() ?? null,
    attempts: attempts.flatMap(({ attempt }) =>
      attempt.deliveryId === delivery.id
        ? [
            {
              atMs: attempt.at.getTime(),
              status: attempt.status,
              durationMs: attempt.durationMs,
              response: attempt.response,
              errorClass: attempt.errorClass,
              message: attempt.message,
            },
          ]
        : [],
    ),
  }));
}

export interface KeptAction {
  readonly action: EventAction;
  readonly reason: string | null;
  readonly atMs: number;
}

export async function readActions(db: Database, eventSeq: number): Promise<readonly KeptAction[]> {
  const rows = await db
    .select()
    .from(eventActions)
    .where(eq(eventActions.eventSeq, eventSeq))
    .orderBy(asc(eventActions.id));
  return rows.map(({ action, reason, at }) => ({ action, reason, atMs: at.getTime() }));
}
