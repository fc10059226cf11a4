// What becomes of a delivery whose turn for an attempt has come: it is sent, ended, or waits for something.
// Pure: knows neither a database nor a clock.
import type { SubscriptionStatus } from './subscription';

/** What a delivery that is not tried now waits for: what a pending activity shows as its failure. */
export const WAIT_REASONS = [
  'not-due', // its next attempt has a time
  'paused', // its subscription is paused
  'not-its-turn', // an earlier delivery of the record, in an ordered subscription
  'circuit-open', // attempts to its subscription fail one after another
  'rate', // its subscription's attempts per second are used up
  'busy', // enough is under way to its destination
] as const;
export type WaitReason = (typeof WAIT_REASONS)[number];

export interface DeliveryInTurn {
  readonly status: SubscriptionStatus;
  /** From now; not above 0 when it is due. */
  readonly dueInMs: number;
  /** A newer write of its record waits, and only the newest is to be sent. */
  readonly isSuperseded: boolean;
  /** When the delivery before it is due, from now; null when none is. */
  readonly blockerDueInMs: number | null;
  /** So long its circuit stays open; not above 0 when one attempt may probe, null while it is closed. */
  readonly circuitOpenForMs: number | null;
}

export type BeforeAttempt =
  /** `probes`: only one attempt may, and who it is has to be decided first. */
  | { readonly kind: 'send'; readonly probes: boolean }
  | { readonly kind: 'end'; readonly as: 'discarded' | 'superseded' | 'disabled' }
  | { readonly kind: 'wait'; readonly wait: Wait };

export type Wait =
  | { readonly for: 'paused' }
  | { readonly for: 'not-due' | 'not-its-turn' | 'circuit-open'; readonly inMs: number };

/** An end comes before any wait: whoever is superseded need not wait for its turn. */
export function beforeAttempt(delivery: DeliveryInTurn): BeforeAttempt {
  const { status, dueInMs, blockerDueInMs, circuitOpenForMs } = delivery;
  if (status === 'deleted') return { kind: 'end', as: 'discarded' };
  if (status === 'disabled') return { kind: 'end', as: 'disabled' };
  if (delivery.isSuperseded) return { kind: 'end', as: 'superseded' };
  if (status === 'paused') return { kind: 'wait', wait: { for: 'paused' } };
  if (dueInMs > 0) return { kind: 'wait', wait: { for: 'not-due', inMs: dueInMs } };
  // Before its turn: what stands before it waits for the circuit too, and is asked after far less often.
  if (circuitOpenForMs !== null && circuitOpenForMs > 0)
    return { kind: 'wait', wait: { for: 'circuit-open', inMs: circuitOpenForMs } };
  if (blockerDueInMs !== null) return { kind: 'wait', wait: { for: 'not-its-turn', inMs: blockerDueInMs } };
  return { kind: 'send', probes: circuitOpenForMs !== null };
}
