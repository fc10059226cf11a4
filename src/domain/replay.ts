// What may be done with many events at once: the words, and what becomes of one event of them. Pure.
// Never decides when: see replay-pace.
import { isClosed, type EventState } from './event-state';
import type { DeliveryState } from './delivery';
import { RUN_ENDED } from './delivery-failure';

/** `retry` and `discard` are for dead letters; `replay` is for whatever is closed. */
export const BULK_ACTS = ['replay', 'retry', 'discard'] as const;
export type BulkAct = (typeof BULK_ACTS)[number];

/** Which deliveries of an event are opened: those that are dead, or all. */
export const REPLAY_SCOPES = ['failed', 'all'] as const;
export type ReplayScope = (typeof REPLAY_SCOPES)[number];

export const REPLAY_STATES = ['running', 'paused', 'done', 'aborted'] as const;
export type ReplayState = (typeof REPLAY_STATES)[number];

/** Why one that is running hands nothing on. */
export const REPLAY_WAITS = [
  'processing-paused', // nobody starts anything
  'live-traffic', // more live events wait than may be in flight at once
  'earlier-event', // an earlier event of the next one's record waits for its run, or is at its first try
] as const;
export type ReplayWait = (typeof REPLAY_WAITS)[number];

export const SKIP_REASONS = [
  'changed', // between plan and page it was dealt with otherwise, or a run has it
  'payload-dropped', // older than JISR_PAYLOAD_DAYS: there is nothing left to deliver
  'nobody-wants-it', // no delivery of it is meant, and no subscription wants it
  'run-silent', // its parked run does not answer
] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];
export type SkipCounts = Readonly<Partial<Record<SkipReason, number>>>;

/** A dead letter whose run has to hear of it. */
export interface RunToTell {
  readonly key: string;
  /** The workflow that had it last. */
  readonly workflowId: string;
  readonly tries: number;
}

/** It goes on, or may go on. */
export function isOpen(state: ReplayState): boolean {
  return state === 'running' || state === 'paused';
}

/** A person may pause and resume as often as they like; what is over stays over. */
export function mayBecome(from: ReplayState, to: ReplayState): boolean {
  return from === to || isOpen(from);
}

export interface BulkPlan {
  readonly act: BulkAct;
  readonly scope: ReplayScope;
  /** Only deliveries to it; null for all. */
  readonly subscriptionId: string | null;
  /** Only deliveries that died of it; null for all. */
  readonly errorClass: string | null;
}

export interface PlannedDelivery {
  readonly id: string;
  readonly subscriptionId: string;
  readonly state: DeliveryState;
  readonly errorClass: string | null;
}

export interface PlannedEvent {
  readonly status: EventState;
  readonly payloadDropped: boolean;
  readonly deliveries: readonly PlannedDelivery[];
}

export type Verdict =
  | { readonly kind: 'skip'; readonly why: SkipReason }
  /** These deliveries are opened by the run that comes. */
  | { readonly kind: 'open'; readonly deliveries: readonly PlannedDelivery[] }
  /** `whole`: nothing else of it is dead, so the event is given up with them. */
  | { readonly kind: 'discard'; readonly deliveries: readonly PlannedDelivery[]; readonly whole: boolean };

/** Only what is dead is meant. */
export function isForDeadLetters({ act, scope }: Pick<BulkPlan, 'act' | 'scope'>): boolean {
  return act !== 'replay' || scope === 'failed';
}

export function verdictOn(plan: BulkPlan, event: PlannedEvent): Verdict {
  const wanted = isForDeadLetters(plan) ? event.status === 'dead_letter' : isClosed(event.status);
  if (!wanted) return { kind: 'skip', why: 'changed' };
  if (plan.act !== 'discard' && event.payloadDropped) return { kind: 'skip', why: 'payload-dropped' };
  const named = event.deliveries.filter((delivery) => isNamed(plan, delivery));
  const dead = event.deliveries.filter(({ state }) => state === 'dead');
  if (!isForDeadLetters(plan))
    return named.length > 0 ? { kind: 'open', deliveries: named } : { kind: 'skip', why: 'nobody-wants-it' };
  // Its run ended before it made any delivery: the event as a whole is meant.
  const isBare = dead.length === 0 && plan.subscriptionId === null;
  const fitsBare = isBare && (plan.errorClass === null || plan.errorClass === RUN_ENDED);
  if (named.length === 0 && !fitsBare) return { kind: 'skip', why: 'changed' };
  if (plan.act !== 'discard') return { kind: 'open', deliveries: named };
  const whole = dead.every((delivery) => named.includes(delivery));
  const unsent = event.deliveries.filter(({ state }) => state === 'dead' || state === 'waiting');
  return { kind: 'discard', deliveries: whole ? unsent : named, whole };
}

function isNamed(plan: BulkPlan, { subscriptionId, state, errorClass }: PlannedDelivery): boolean {
  if (plan.subscriptionId !== null && plan.subscriptionId !== subscriptionId) return false;
  if (!isForDeadLetters(plan)) return true;
  return state === 'dead' && (plan.errorClass === null || plan.errorClass === (errorClass ?? RUN_ENDED));
}
