// How far the pull of one source has come, and what is to be done next. Pure: the workflow folds what it
// hears into this state and does what `nextStep` says. All of it is plain JSON, so continue-as-new carries it.

/** As configured, or as set at run time. */
export interface SyncSettings {
  readonly intervalMs: number;
  readonly limitRows: number;
  /** Odoo commits out of order, so a cursor alone would lose events: from time to time all is pulled from 0. */
  readonly sweepIntervalMs: number;
}

/** What may be set, at the least and at the most. Odoo serves at most 1,000 rows a page, and takes 0 for "all". */
export const SYNC_BOUNDS = {
  intervalMs: { least: 100, most: 86_400_000 },
  limitRows: { least: 1, most: 1_000 },
} as const;

export interface SyncFailure {
  readonly code: string;
  readonly message: string;
  readonly atMs: number;
}

export interface SyncCounts {
  readonly pages: number;
  readonly rows: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly quarantined: number;
  readonly acknowledged: number;
  readonly refused: number;
  readonly sweeps: number;
  /** How often Odoo's ids began again. */
  readonly restarts: number;
}

/** A sweep under way: its own cursor, and the newest row it saw. */
export interface Sweep {
  readonly cursor: number;
  readonly newestMs: number | null;
  /** When its first page came; one that an earlier version began does not say. */
  readonly beganMs?: number;
}

export interface SyncState {
  readonly source: string;
  readonly settings: SyncSettings;
  readonly cursor: number;
  /** The newest time among the rows pulled. */
  readonly newestMs: number | null;
  readonly paused: { readonly reason: string | null } | null;
  readonly holding: boolean;
  readonly failing: SyncFailure | null;
  readonly lastError: SyncFailure | null;
  readonly lastSuccessMs: number | null;
  readonly nextPullMs: number;
  readonly nextSweepMs: number;
  readonly sweep: Sweep | null;
  /** When the last whole sweep began; absent before the first one. */
  readonly sweptMs?: number;
  readonly counts: SyncCounts;
  /** The last ids that Odoo refused to mark. */
  readonly refusedIds: readonly number[];
  /** What Odoo was told of this; absent where it is not told. */
  readonly reporting?: Reporting;
}

export interface Reporting {
  /** The cursor that Odoo was told last; 0 before the first time. */
  readonly cursor: number;
  /** How many accepted events that covered. */
  readonly accepted: number;
  /** When it was tried last; 0 before the first time. */
  readonly triedMs: number;
  /** Why the last try failed; null when it did not. */
  readonly failure: string | null;
}

export interface PulledPageSummary {
  readonly rows: number;
  /** The highest id of the page; null when it was empty. */
  readonly lastId: number | null;
  readonly newestMs: number | null;
  readonly hasMore: boolean;
  readonly accepted: number;
  readonly duplicates: number;
  readonly quarantined: number;
  /** True when earlier tries of this page failed: something may have been missed. */
  readonly afterFailure: boolean;
}

export type SyncStep =
  | { readonly kind: 'wait'; readonly untilMs: number | null }
  | { readonly kind: 'pull'; readonly cursor: number; readonly sweep: boolean };

export type SyncPhase = 'pulling' | 'idle' | 'paused' | 'holding' | 'failing';

const KEPT_REFUSED_IDS = 20;
/** While holding back, the inbox is looked at this often, or at the interval when that is shorter. */
const HOLD_LOOK_MS = 5_000;

export function firstState(source: string, settings: SyncSettings): SyncState {
  return {
    source,
    settings,
    cursor: 0,
    newestMs: null,
    paused: null,
    holding: false,
    failing: null,
    lastError: null,
    lastSuccessMs: null,
    nextPullMs: 0,
    nextSweepMs: 0,
    sweep: null,
    counts: {
      pages: 0,
      rows: 0,
      accepted: 0,
      duplicates: 0,
      quarantined: 0,
      acknowledged: 0,
      refused: 0,
      sweeps: 0,
      restarts: 0,
    },
    refusedIds: [],
  };
}

export function nextStep(state: SyncState, nowMs: number): SyncStep {
  if (state.paused !== null) return { kind: 'wait', untilMs: null };
  const dueMs = state.holding ? state.nextPullMs : Math.min(state.nextPullMs, state.nextSweepMs);
  if (nowMs < dueMs) return { kind: 'wait', untilMs: dueMs };
  if (state.sweep !== null) return { kind: 'pull', cursor: state.sweep.cursor, sweep: true };
  if (nowMs >= state.nextSweepMs) return { kind: 'pull', cursor: 0, sweep: true };
  return { kind: 'pull', cursor: state.cursor, sweep: false };
}

export function paused(state: SyncState, reason: string | null): SyncState {
  return { ...state, paused: { reason }, failing: null };
}

/** What happened meanwhile is swept up at once. */
export function resumed(state: SyncState): SyncState {
  return state.paused === null ? state : { ...withSweepDue(state), paused: null, nextPullMs: 0 };
}

export function pullDue(state: SyncState): SyncState {
  return { ...state, nextPullMs: 0 };
}

/** From 0, also when one is under way. */
export function withSweepDue(state: SyncState): SyncState {
  return { ...state, nextSweepMs: 0, sweep: null };
}

/** New settings count from now: a shorter interval is not waited for the old one's length. */
export function withSettings(state: SyncState, settings: SyncSettings, nowMs: number): SyncState {
  return {
    ...state,
    settings,
    nextPullMs: Math.min(state.nextPullMs, nowMs + settings.intervalMs),
    nextSweepMs: Math.min(state.nextSweepMs, nowMs + settings.sweepIntervalMs),
  };
}

export function withFailure(state: SyncState, failure: SyncFailure): SyncState {
  return { ...state, failing: state.paused === null ? failure : null, lastError: failure };
}

/** The inbox is full: Odoo keeps the rows meanwhile. */
export function held(state: SyncState, nowMs: number): SyncState {
  const lookMs = Math.min(HOLD_LOOK_MS, state.settings.intervalMs);
  return { ...state, holding: true, failing: null, nextPullMs: nowMs + lookMs };
}

export function withPage(
  before: SyncState,
  step: { readonly cursor: number; readonly sweep: boolean },
  page: PulledPageSummary,
  nowMs: number,
): SyncState {
  // has_more stays true behind the last row of a filter, so an empty page ends it, whatever it says.
  const more = page.hasMore && page.rows > 0;
  const state: SyncState = {
    ...before,
    holding: false,
    failing: null,
    lastSuccessMs: nowMs,
    nextPullMs: more ? nowMs : nowMs + before.settings.intervalMs,
    counts: {
      ...before.counts,
      pages: before.counts.pages + 1,
      rows: before.counts.rows + page.rows,
      accepted: before.counts.accepted + page.accepted,
      duplicates: before.counts.duplicates + page.duplicates,
      quarantined: before.counts.quarantined + page.quarantined,
    },
  };
  const folded = step.sweep
    ? withSweepPage(state, step.cursor, page, more, nowMs)
    : { ...state, cursor: page.lastId ?? state.cursor, newestMs: later(state.newestMs, page.newestMs) };
  return page.afterFailure && !step.sweep ? withSweepDue(folded) : folded;
}

function withSweepPage(
  state: SyncState,
  from: number,
  page: PulledPageSummary,
  more: boolean,
  nowMs: number,
): SyncState {
  const before = from === 0 ? { newestMs: null, beganMs: nowMs } : state.sweep;
  const beganMs = before?.beganMs;
  const sweep: Sweep = {
    cursor: page.lastId ?? from,
    newestMs: later(before?.newestMs ?? null, page.newestMs),
    ...(beganMs === undefined ? {} : { beganMs }),
  };
  // The sweep is what the next pull goes on with, also when it was due before this page.
  const nextSweepMs = nowMs + state.settings.sweepIntervalMs;
  if (more) return { ...state, sweep, nextSweepMs };
  const beganAgain = idsBeganAgain(state, sweep);
  return {
    ...state,
    sweep: null,
    ...(beganMs === undefined ? {} : { sweptMs: beganMs }),
    nextSweepMs,
    cursor: beganAgain ? sweep.cursor : Math.max(state.cursor, sweep.cursor),
    newestMs: later(state.newestMs, sweep.newestMs),
    counts: {
      ...state.counts,
      sweeps: state.counts.sweeps + 1,
      restarts: state.counts.restarts + (beganAgain ? 1 : 0),
    },
  };
}

/** Low ids with newer rows: Odoo's database was reset, and its sequence began again. */
function idsBeganAgain(state: SyncState, sweep: Sweep): boolean {
  return (
    sweep.cursor > 0 &&
    sweep.cursor < state.cursor &&
    sweep.newestMs !== null &&
    (state.newestMs === null || sweep.newestMs > state.newestMs)
  );
}

export function withAcknowledged(
  state: SyncState,
  answer: { readonly acknowledged: number; readonly refused: readonly number[] },
): SyncState {
  return {
    ...state,
    refusedIds: [...state.refusedIds, ...answer.refused].slice(-KEPT_REFUSED_IDS),
    counts: {
      ...state.counts,
      acknowledged: state.counts.acknowledged + answer.acknowledged,
      refused: state.counts.refused + answer.refused.length,
    },
  };
}

export function phaseOf(state: SyncState, pulling: boolean): SyncPhase {
  if (state.paused !== null) return 'paused';
  if (state.failing !== null) return 'failing';
  if (state.holding) return 'holding';
  return pulling ? 'pulling' : 'idle';
}

function later(a: number | null, b: number | null): number | null {
  if (a === null) return b;
  return b === null ? a : Math.max(a, b);
}
