// What OdooPullWorkflow knows, and what its messages change. Handlers only write here; the loop acts.
import { ApplicationFailure, condition } from '@temporalio/workflow';
import type { AcknowledgeAnswer, SourceSettingsChange, SourceSetup } from '../contracts/activities';
import type { ConfigureInput, PullStatus } from '../contracts/messages';
import type { PullInput } from '../contracts/workflows';
import {
  dueReport,
  withReported,
  withReporting,
  withReportTried,
  type DueReport,
} from '../domain/sync-report';
import {
  SYNC_BOUNDS,
  firstState,
  held,
  paused,
  phaseOf,
  pullDue,
  resumed,
  withAcknowledged,
  withFailure,
  withPage,
  withSettings,
  withSweepDue,
  type PulledPageSummary,
  type SyncFailure,
  type SyncSettings,
  type SyncState,
} from '../domain/sync';

/** Only until the real ones are loaded, which is the first thing a new workflow does. */
const UNKNOWN_SETTINGS: SyncSettings = { intervalMs: 30_000, limitRows: 500, sweepIntervalMs: 300_000 };

export class PullState {
  sync: SyncState;
  /** A workflow that carries nothing takes over what the store knows, the pause included. */
  private isNew: boolean;
  private reloadAsked: boolean;
  private unsaved = false;
  private heard = false;

  constructor(input: PullInput) {
    this.sync = input.state ?? firstState(input.source, UNKNOWN_SETTINGS);
    this.isNew = input.state === undefined;
    this.reloadAsked = this.isNew;
  }

  pause(reason: string | null): void {
    this.change(paused(this.sync, reason));
    this.unsaved = true;
  }

  resume(): void {
    this.change(resumed(this.sync));
    this.unsaved = true;
  }

  pullNow(): void {
    this.change(pullDue(this.sync));
  }

  reload(): void {
    this.reloadAsked = true;
    this.heard = true;
  }

  fail(failure: SyncFailure): void {
    this.change(withFailure(this.sync, failure));
  }

  sweepDue(): void {
    this.change(withSweepDue(this.sync));
  }

  hold(): void {
    this.sync = held(this.sync, Date.now());
  }

  page(step: { readonly cursor: number; readonly sweep: boolean }, page: PulledPageSummary): void {
    this.sync = withPage(this.sync, step, page, Date.now());
  }

  acknowledged(answer: AcknowledgeAnswer): void {
    this.sync = withAcknowledged({ ...this.sync, failing: null }, answer);
  }

  setup(setup: SourceSetup): SyncSettings {
    if (this.isNew && setup.paused) this.change(paused(this.sync, setup.pausedReason));
    this.isNew = false;
    // Histories from before reports have no word of them: they replay without.
    const sync = withReporting(this.sync, setup.reportsSync === true);
    this.change(withSettings(sync, setup.settings, Date.now()));
    return this.sync.settings;
  }

  isFailing(): boolean {
    return this.sync.failing !== null;
  }

  pullSettings(): { readonly limitRows: number; readonly holding: boolean } {
    return { limitRows: this.sync.settings.limitRows, holding: this.sync.holding };
  }

  /** Whether the settings are to be loaded; asked once. */
  takeReload(): boolean {
    const asked = this.reloadAsked;
    this.reloadAsked = false;
    return asked;
  }

  /** What must outlive the loss of this workflow; null when nothing changed since it was last asked. */
  takeUnsaved(): SourceSettingsChange | null {
    if (!this.unsaved) return null;
    this.unsaved = false;
    const { source, paused: pause } = this.sync;
    return { source, paused: pause !== null, pausedReason: pause?.reason ?? null };
  }

  /** What Odoo is to be told now; null when nothing. Counts as tried. */
  takeReport(): DueReport | null {
    const due = dueReport(this.sync, Date.now());
    if (due !== null) this.sync = withReportTried(this.sync, Date.now());
    return due;
  }

  reported(report: DueReport, failure: string | null): void {
    this.sync = withReported(this.sync, report, failure);
  }

  /** Waits until a message came, or until the time. */
  async news(untilMs: number | null): Promise<void> {
    const heard = () => this.heard;
    if (untilMs === null) await condition(heard);
    else
      await condition(heard, Math.max(1, untilMs - Date.now()), {
        summary: `next pull of ${this.sync.source}`,
      });
    this.heard = false;
  }

  carried(): SyncState {
    return this.sync;
  }

  status(pulling: boolean): PullStatus {
    const { sync } = this;
    return {
      source: sync.source,
      state: phaseOf(sync, pulling),
      pausedReason: sync.paused?.reason ?? null,
      cursor: sync.cursor,
      lastSuccessMs: sync.lastSuccessMs,
      lastError: sync.lastError,
      nextPullMs: sync.paused === null ? sync.nextPullMs : null,
      nextSweepMs: sync.paused === null ? sync.nextSweepMs : null,
      settings: sync.settings,
      counts: sync.counts,
      refusedIds: sync.refusedIds,
      reporting: sync.reporting ?? null,
      sweptMs: sync.sweptMs ?? null,
    };
  }

  private change(sync: SyncState): void {
    this.sync = sync;
    this.heard = true;
  }
}

/** The validator of `configure`: says what is wrong before anything is written. */
export function refuseConfigure({ intervalMs, limit }: ConfigureInput): void {
  if (intervalMs === undefined && limit === undefined) refuse('name intervalMs, limit or both');
  refuseUnlessWhole('intervalMs', intervalMs, SYNC_BOUNDS.intervalMs);
  refuseUnlessWhole('limit', limit, SYNC_BOUNDS.limitRows);
}

function refuseUnlessWhole(
  name: string,
  value: unknown,
  { least, most }: { readonly least: number; readonly most: number },
): void {
  if (value === undefined) return;
  const isWhole = typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
  if (!isWhole) refuse(`${name} must be a whole number from ${least} to ${most}`);
}

function refuse(message: string): never {
  throw ApplicationFailure.nonRetryable(message, 'invalid-settings');
}
