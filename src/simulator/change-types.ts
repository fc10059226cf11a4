// A change of one record in the simulated Odoo: as asked for, as made, and while its transaction is open.
// Types only: nothing here runs.

import type { JsonObject, OdooUser, Operation, Priority } from '../domain/event';
import type { PushShape } from './push/push-types';

/** What is left out is chosen by the seed. */
export interface NewChange {
  readonly model?: string;
  readonly recordId?: number;
  readonly operation?: Operation;
  /** Null goes out as `false`, as Odoo sends an empty payload. */
  readonly payload?: JsonObject | null;
  /** Null goes out as `false`. */
  readonly priority?: Priority | null;
  readonly category?: string | null;
  readonly user?: OdooUser | null;
  readonly occurredAtMs?: number;
  /** Default: the push target's. */
  readonly push?: PushShape;
}

/** One change of one record: facts that never change. */
export interface Change {
  /** 1, 2, 3, … over the simulator's whole life: pull ids come again after resetIds(). */
  readonly serial: number;
  readonly pullId: number;
  /** The id that its push carries; null when this change is not pushed. */
  readonly pushId: number | null;
  readonly model: string;
  readonly recordId: number;
  readonly operation: Operation;
  readonly priority: Priority | null;
  readonly category: string | null;
  readonly user: OdooUser | null;
  readonly occurredAtMs: number;
}

/** A transaction still open: its id is taken, its row is not visible. */
export interface LateCommit {
  readonly change: Change;
  /** Both do nothing once the transaction has ended. */
  readonly commit: () => void;
  readonly rollback: () => void;
}
