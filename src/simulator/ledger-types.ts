// What the verdict is computed from: every change, what became of it, and what was done with it over HTTP.
// Types only: nothing here runs.

import type { JsonObject } from '../domain/event';
import type { Change } from './change-types';
import type { PushRecord } from './push/push-types';

/**
 * `push-only`: it has no row that a pull could answer with. `lost-in-odoo`: no row and no push, so nobody can
 * know of it. `lost-in-reset`: it went with its table when the ids began again.
 */
export type Fate =
  | { readonly state: 'uncommitted' }
  | { readonly state: 'visible'; readonly sinceMs: number }
  | { readonly state: 'push-only'; readonly atMs: number }
  | { readonly state: 'lost-in-odoo'; readonly atMs: number }
  | { readonly state: 'rolled-back'; readonly atMs: number }
  | { readonly state: 'deleted'; readonly atMs: number }
  | { readonly state: 'lost-in-reset'; readonly atMs: number };

export interface LedgerEntry {
  readonly change: Change;
  readonly fate: Fate;
  /** How often a pull answered with it; an answer that was cut off does not count. */
  readonly served: number;
  readonly firstServedAtMs: number | null;
  /** How often a mark that was carried out named it. */
  readonly marked: number;
  readonly firstMarkedAtMs: number | null;
  /** Those that are over, in the order of their ends. */
  readonly pushes: readonly PushRecord[];
  /** How many of them the endpoint took. With `served` it tells whether anybody was ever given the change. */
  readonly pushAnswered200: number;
}

/** A mark of an id that no pull had answered with before: a push id taken for a row id, or a guess. */
export interface StrayMark {
  readonly pullId: number;
  readonly atMs: number;
  /** The change that had this id, if any had. */
  readonly serial: number | null;
}

export interface LedgerSummary {
  readonly changes: number;
  readonly uncommitted: number;
  readonly visible: number;
  readonly pushOnly: number;
  readonly lostInOdoo: number;
  readonly rolledBack: number;
  readonly deleted: number;
  readonly lostInReset: number;
  readonly served: number;
  readonly servedMoreThanOnce: number;
  readonly marked: number;
  /** Visible, and never marked: what a bridge still owes. */
  readonly unmarked: number;
  readonly strayMarks: number;
  /** Pushes of changes; an event of a batch is one, a test event none. */
  readonly pushes: number;
  readonly pushAnswered200: number;
  /** Answered with something else. */
  readonly pushRefused: number;
  readonly pushUnanswered: number;
  /** Changes that a pull answered with, or of which a push was answered 200: what a bridge must have. */
  readonly handedOver: number;
}

export interface Ledger {
  /** In the order in which the changes were made: entries()[serial - 1]. */
  readonly entries: () => readonly LedgerEntry[];
  /** The change that has this id now, since the ids last began. */
  readonly byPullId: (pullId: number) => LedgerEntry | null;
  readonly bySerial: (serial: number) => LedgerEntry | null;
  /** As pull sends it (`{}` where the wire says `false`); made anew on each call, always the same. */
  readonly payloadOf: (serial: number) => JsonObject;
  readonly unmarked: () => readonly LedgerEntry[];
  readonly strayMarks: () => readonly StrayMark[];
  readonly summary: () => LedgerSummary;
}
