// The words of the door: what it must know of a source, what comes in, what became of it.
import type { Arrival, Channel, Operation, Priority } from '../domain/event';
import type { PriorityRule } from '../domain/priority-rules';
import type { ProcessingPolicy } from '../domain/processing';

/** What the door must know of a source. */
export interface IntakeSource {
  readonly name: string;
  /** Put before the keys of every source but the first. */
  readonly keyPrefix: string;
  /** Whether both channels count with one sequence. */
  readonly sharedEventIds: boolean;
  /** Our own word on how urgent an event is; it wins over Odoo's. */
  readonly priorityRules: readonly PriorityRule[];
  /** What goes in batches is not started at the door. */
  readonly processing: ProcessingPolicy;
}

/** What became of one copy. `eventId` is the sender's own, as sent. */
export type Accepted =
  | {
      readonly kind: 'new';
      readonly key: string;
      readonly eventId: string | null;
      /** Leased to the caller, who has to start it; null leaves it to the dispatcher. */
      readonly toStart: LeasedEvent | null;
    }
  | { readonly kind: 'duplicate'; readonly key: string; readonly eventId: string | null }
  | { readonly kind: 'quarantined'; readonly quarantineId: number; readonly eventId: string | null };

/** What its workflow is started with. */
export interface LeasedEvent {
  readonly key: string;
  readonly source: string;
  readonly model: string;
  readonly recordId: number;
  readonly operation: Operation;
  readonly priority: Priority;
  readonly ids: readonly { readonly channel: Channel; readonly id: string }[];
}

export interface ArrivalToCommit {
  readonly channel: Channel;
  readonly arrival: Arrival;
  readonly leaseMs: number | null;
}
