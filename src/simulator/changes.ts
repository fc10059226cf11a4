// Makes changes: takes ids from both sequences, makes rows visible, tells the ledger.
// Never sends anything: `commit` is the one moment at which a change becomes known to others.

import { ChangeDraw, usualPriority } from './change-draw';
import type { ArmedFaults } from './faults';
import type { Change, LateCommit, NewChange } from './change-types';
import { commitRows } from './commit-rows';
import type { LedgerBook } from './ledger';
import type { Payloads } from './payloads/payload-text';
import type { TestEvent } from './push/push-bodies';
import type { Pusher } from './push/pusher';
import type { PushShape } from './push/push-types';
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
  readonly pusher: Pusher;
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
    const shape = this.parts.pusher.shapeOf(wanted.push);
    const change = this.begin(wanted, shape);
    const whileOpen = (end: () => void) => () => {
      if (this.parts.ledger.bySerial(change.serial)?.fate.state !== 'uncommitted') return;
      end();
      this.parts.changed();
    };
    return {
      change,
      commit: whileOpen(() => {
        commitRows(change, shape, this.parts);
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
    this.parts.pusher.dropWaiting();
    this.nextPushId = this.firstPushId;
    this.parts.changed();
  }

  skipPushIds(count: number): void {
    this.nextPushId += count;
  }

  /** It takes a push id as every event does, and no pull knows of it. */
  testEvent(model: string): TestEvent {
    const recordId = this.draw.anyRecordOf(model);
    return {
      eventId: this.nextPushId++,
      model,
      recordId,
      configName: this.parts.payloads.configNameOf(model),
    };
  }

  /** Late commits that are still to come stay uncommitted. */
  close(): void {
    for (const timer of this.timers) clearTimeout(timer);
  }

  private begin(wanted: NewChange, shape: PushShape): Change {
    const record = this.draw.next(wanted);
    const hasRule = record.operation !== 'unlink' || this.parts.options.pushUnlinks === true;
    const pushed = hasRule && shape !== 'none';
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
