// The words of the door: what it must know of a source, what comes in, what became of it.
import type { Arrival, Channel } from '../domain/event';
import type { PriorityRule } from '../domain/priority-rules';

/** What the door must know of a source. */
export interface IntakeSource {
  readonly name: string;
  /** Put before the keys of every source but the first. */
  readonly keyPrefix: string;
  /** Whether both channels count with one sequence. */
  readonly sharedEventIds: boolean;
  /** Our own word on how urgent an event is; it wins over Odoo's. */
  readonly priorityRules: readonly PriorityRule[];
}

/** What became of one copy. `eventId` is the sender's own, as sent. */
export type Accepted =
  | { readonly kind: 'new' | 'duplicate'; readonly key: string; readonly eventId: string | null }
  | { readonly kind: 'quarantined'; readonly quarantineId: number; readonly eventId: string | null };

export interface ArrivalToCommit {
  readonly channel: Channel;
  readonly arrival: Arrival;
  readonly leaseMs: number | null;
}
