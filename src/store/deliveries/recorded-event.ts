// One event whose deliveries were tried: what each attempt means for its delivery and for the event. Touches no
// database: rows come in under lock, and what is to be written goes out.
import type { DeliveryState } from '../../domain/delivery';
import { isInHand, type EventState } from '../../domain/event-state';
import { standingOf } from '../../domain/run';
import type { CounterTally } from '../counters';
import type { LockedRow, Move } from '../events/rows';
import type { EventDelivery } from './of-events';

/** What one attempt met. */
export interface AttemptToKeep {
  /** The HTTP status; null when no answer came. */
  readonly status: number | null;
  readonly durationMs: number;
  readonly response: string | null;
  readonly errorClass: string | null;
  readonly message: string;
}

/** What the attempt means for its delivery: `waiting` names when it is tried again. */
export type DeliveryEnd =
  | { readonly state: 'sent' | 'dead' | 'discarded' | 'superseded' }
  | { readonly state: 'waiting'; readonly afterMs: number }
  /** Nothing is tried now: it waits for something else, and its event counts as tried. */
  | { readonly state: 'put-off' };

export interface AttemptResult {
  readonly key: string;
  readonly runId: string;
  readonly id: string;
  /** Null when none was made. */
  readonly attempt: AttemptToKeep | null;
  readonly end: DeliveryEnd;
}

/**
 * `state`: the delivery's now; it had an end already where a twin of this attempt, or a person, was quicker.
 * `older`: a newer run has the event; the attempt is kept, and changes nothing else.
 */
export type Recorded =
  | { readonly kind: 'recorded'; readonly status: EventState; readonly state: DeliveryState }
  | { readonly kind: 'older' };

export interface DeliveryChange {
  /** As it is afterwards. */
  readonly delivery: EventDelivery;
  /** Null when only attempts are kept. */
  readonly end: DeliveryEnd | null;
  readonly attempts: readonly (AttemptToKeep & { readonly number: number })[];
}

/** What is recorded of an event in one transaction, one result after another. */
export class RecordedEvent {
  private readonly deliveries: Map<string, EventDelivery>;
  private readonly written = new Map<string, DeliveryChange>();
  private readonly steps: EventState[] = [];
  private isMine = false;

  constructor(
    private readonly row: LockedRow,
    known: readonly EventDelivery[],
    private readonly tally: CounterTally,
  ) {
    this.deliveries = new Map(known.map((delivery) => [delivery.id, delivery]));
  }

  record(result: AttemptResult): Recorded {
    const { row, tally } = this;
    const { id, attempt, end } = result;
    const isMine = standingOf(row, result.runId) === 'repeat';
    const before = this.deliveries.get(id);
    // What was settled meanwhile, by a twin or a person, stays settled; what was marked meanwhile is made once more.
    const ends = isMine && before?.state === 'waiting' && !before.toOpen;
    if (before !== undefined) this.keep(before, attempt, ends ? end : null);
    if (attempt !== null) tally.add(row.source, 'delivery_attempts', 1);
    if (ends && end.state === 'sent') tally.add(row.source, 'delivered', 1);
    if (ends && end.state === 'dead') tally.add(row.source, 'dead_deliveries', 1);
    if (!isMine) return { kind: 'older' };
    this.isMine = true;
    const status = this.status();
    const next = stateAfter(status, [...this.deliveries.values()]);
    if (next !== status) this.steps.push(next);
    return { kind: 'recorded', status: next, state: this.deliveries.get(id)?.state ?? 'discarded' };
  }

  changes(): readonly DeliveryChange[] {
    return [...this.written.values()];
  }

  /** Also without a step, it gets a new lease: its run lives. */
  move(): readonly Move[] {
    return this.isMine ? [{ row: this.row, steps: this.steps }] : [];
  }

  private status(): EventState {
    return this.steps.at(-1) ?? this.row.status;
  }

  private keep(before: EventDelivery, attempt: AttemptToKeep | null, end: DeliveryEnd | null): void {
    const attempts = before.attempts + (attempt === null ? 0 : 1);
    const after = { ...(end === null ? before : ended(before, end)), attempts };
    this.deliveries.set(after.id, after);
    const earlier = this.written.get(after.id);
    this.written.set(after.id, {
      delivery: after,
      end: end ?? earlier?.end ?? null,
      attempts: [
        ...(earlier?.attempts ?? []),
        ...(attempt === null ? [] : [{ ...attempt, number: attempts }]),
      ],
    });
  }
}

function ended(before: EventDelivery, end: DeliveryEnd): EventDelivery {
  if (end.state === 'put-off') return { ...before, putOff: true };
  return { ...before, state: end.state, putOff: false, tries: before.tries + 1 };
}

/** The end of its last delivery closes an event. */
function stateAfter(status: EventState, deliveries: readonly EventDelivery[]): EventState {
  if (!isInHand(status)) return status;
  if (deliveries.some(({ state }) => state === 'dead')) return 'dead_letter';
  const waiting = deliveries.filter(({ state }) => state === 'waiting');
  if (waiting.length === 0) return 'processed';
  const allTried = waiting.every(({ tries, putOff }) => tries > 0 || putOff);
  return allTried ? 'delivering' : status;
}
