// Keeps the ledger: told of every change by what makes it, and of every answer by what sends it.
// Never asks the serving table, so that the verdict does not rest on what is judged.

import { z } from 'zod';

import type { JsonObject } from '../domain/event';
import type { Change } from './change-types';
import { summaryOf } from './ledger-summary';
import type { Fate, Ledger, LedgerEntry, LedgerSummary, StrayMark } from './ledger-types';
import type { PushRecord } from './push/push-types';

const payloadObject = z.record(z.string(), z.json());

/** The entries are live: what a caller holds goes on changing. */
interface OpenEntry {
  readonly change: Change;
  fate: Fate;
  served: number;
  firstServedAtMs: number | null;
  marked: number;
  firstMarkedAtMs: number | null;
  pushes: readonly PushRecord[];
  pushAnswered200: number;
}

const NO_PUSHES: readonly PushRecord[] = [];

export class LedgerBook implements Ledger {
  private readonly all: OpenEntry[] = [];
  private readonly strays: StrayMark[] = [];
  private byId = new Map<number, OpenEntry>();

  constructor(private readonly payloadText: (change: Change) => string) {}

  entries(): readonly LedgerEntry[] {
    return this.all;
  }

  byPullId(pullId: number): LedgerEntry | null {
    return this.byId.get(pullId) ?? null;
  }

  bySerial(serial: number): LedgerEntry | null {
    return this.all[serial - 1] ?? null;
  }

  payloadOf(serial: number): JsonObject {
    const entry = this.bySerial(serial);
    if (entry === null) throw new Error(`no change has the serial ${serial}`);
    const payload: unknown = JSON.parse(this.payloadText(entry.change));
    return payload === false ? {} : payloadObject.parse(payload);
  }

  unmarked(): readonly LedgerEntry[] {
    return this.all.filter((entry) => entry.fate.state === 'visible' && entry.marked === 0);
  }

  strayMarks(): readonly StrayMark[] {
    return this.strays;
  }

  summary(): LedgerSummary {
    return summaryOf(this.all, this.strays.length);
  }

  begun(change: Change): void {
    const entry: OpenEntry = {
      change,
      fate: { state: 'uncommitted' },
      served: 0,
      firstServedAtMs: null,
      marked: 0,
      firstMarkedAtMs: null,
      pushes: NO_PUSHES,
      pushAnswered200: 0,
    };
    this.all.push(entry);
    this.byId.set(change.pullId, entry);
  }

  committed(change: Change, atMs: number): void {
    this.move(change.serial, { state: 'visible', sinceMs: atMs });
  }

  /** Committed without a row. */
  lostRow(change: Change, isPushed: boolean, atMs: number): void {
    this.move(change.serial, { state: isPushed ? 'push-only' : 'lost-in-odoo', atMs });
  }

  rolledBack(change: Change, atMs: number): void {
    this.move(change.serial, { state: 'rolled-back', atMs });
  }

  deleted(pullId: number, atMs: number): void {
    const entry = this.byId.get(pullId);
    if (entry !== undefined) entry.fate = { state: 'deleted', atMs };
  }

  reset(atMs: number): void {
    for (const entry of this.byId.values()) {
      if (entry.fate.state === 'visible' || entry.fate.state === 'uncommitted') {
        entry.fate = { state: 'lost-in-reset', atMs };
      }
    }
    this.byId = new Map();
  }

  /** By serial: the ids may have begun again while the answer was on its way. */
  served(changes: readonly Change[], atMs: number): void {
    for (const { serial, pullId } of changes) {
      const entry = this.all[serial - 1];
      if (entry?.change.pullId !== pullId) throw new Error(`served row ${pullId}, which no change made`);
      entry.served++;
      entry.firstServedAtMs ??= atMs;
    }
  }

  marked(pullIds: readonly number[], atMs: number): void {
    for (const pullId of pullIds) {
      const entry = this.byId.get(pullId);
      if (entry === undefined || entry.served === 0) {
        this.strays.push({ pullId, atMs, serial: entry?.change.serial ?? null });
      }
      if (entry === undefined) continue;
      entry.marked++;
      entry.firstMarkedAtMs ??= atMs;
    }
  }

  /** By serial too: an answer may come after a reset. */
  pushed(serial: number, push: PushRecord): void {
    const entry = this.all[serial - 1];
    if (entry === undefined) return;
    entry.pushes = [...entry.pushes, push];
    if (push.status === 200) entry.pushAnswered200++;
  }

  private move(serial: number, fate: Fate): void {
    const entry = this.all[serial - 1];
    if (entry !== undefined) entry.fate = fate;
  }
}
