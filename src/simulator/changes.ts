// Makes changes: takes ids from both sequences, makes rows visible, tells the ledger.
// `commit` is the one moment at which a change becomes known to others; whatever sends it out hooks in there.

import { ChangeDraw, usualPriority } from './change-draw';
import type { ArmedFaults } from './faults';
import type { LedgerBook } from './ledger';
import type { Payloads } from './payloads/payload-text';
import type { Change, LateCommit, NewChange } from './change-types';
import type { SimulatorOptions } from './simulator-types';
import type { WebhookTable } from './webhook-table';

const ADMINISTRATOR = { id: 2, name: 'Administrator' };

export interface ChangesParts {
  readonly options: SimulatorOptions;
  readonly now: () => number;
  readonly table: WebhookTable;
  readonly payloads: Payloads;
  readonly ledger: LedgerBook;
  readonly faults: ArmedFaults;
  readonly changed: () => void;
}

export class Changes {
  private readonly draw: ChangeDraw;
  private readonly firstPushId: number;
  private readonly timers = new Set<NodeJS.Timeout>();
  private nextPushId: number;
  private nextSerial = 1;

  constructor(private readonly parts: ChangesParts) {
    const { seed = 1, firstPullId = 1, pushSequenceOffset = 0 } = parts.options;
    this.draw = new ChangeDraw(seed);
    this.firstPushId = firstPullId + pushSequenceOffset;
    this.nextPushId = this.firstPushId;
  }

  change(wanted: NewChange = {}): Change {
    const { change, commit } = this.lateCommit(wanted);
    const late = this.parts.faults.occur('late-commit', null);
    if (late === null) commit();
    else this.later(late.visibleAfterMs, commit);
    return change;
  }

  changeMany(count: number, each: NewChange = {}): readonly Change[] {
    return Array.from({ length: count }, () => this.change(each));
  }

  lateCommit(wanted: NewChange = {}): LateCommit {
    const change = this.begin(wanted);
    const whileOpen = (end: () => void) => () => {
      if (this.parts.ledger.bySerial(change.serial)?.fate.state !== 'uncommitted') return;
      end();
      this.parts.changed();
    };
    return {
      change,
      commit: whileOpen(() => {
        this.parts.table.insert(change);
        this.parts.ledger.committed(change, this.parts.now());
      }),
      rollback: whileOpen(() => {
        this.parts.ledger.rolledBack(change, this.parts.now());
      }),
    };
  }

  deleteRow(pullId: number): boolean {
    if (!this.parts.table.delete(pullId)) return false;
    this.parts.ledger.deleted(pullId, this.parts.now());
    this.parts.changed();
    return true;
  }

  resetIds(): void {
    this.parts.table.reset();
    this.parts.ledger.reset(this.parts.now());
    this.nextPushId = this.firstPushId;
    this.parts.changed();
  }

  skipPushIds(count: number): void {
    this.nextPushId += count;
  }

  /** Late commits that are still to come stay uncommitted. */
  close(): void {
    for (const timer of this.timers) clearTimeout(timer);
  }

  private begin(wanted: NewChange): Change {
    const record = this.draw.next(wanted);
    const pushed = record.operation !== 'unlink' || this.parts.options.pushUnlinks === true;
    const change: Change = {
      serial: this.nextSerial++,
      pullId: this.parts.table.allocate(),
      pushId: pushed ? this.nextPushId++ : null,
      ...record,
      priority: wanted.priority === undefined ? usualPriority(record.model) : wanted.priority,
      category: wanted.category === undefined ? 'business' : wanted.category,
      user: wanted.user === undefined ? ADMINISTRATOR : wanted.user,
      occurredAtMs: wanted.occurredAtMs ?? this.parts.now(),
    };
    if (wanted.payload !== undefined) this.parts.payloads.write(change.serial, wanted.payload);
    this.parts.ledger.begun(change);
    return change;
  }

  private later(delayMs: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      act();
    }, delayMs);
    this.timers.add(timer);
  }
}
