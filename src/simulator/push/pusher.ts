// Pushes changes: at their commit, or with the next cron run; and what is sent by hand, in the same turns.
// Never sends anything again because of an answer: this Odoo books every cron push as sent.

import type { Change } from '../change-types';
import type { LedgerBook } from '../ledger';
import { sendTestEvent, testConnection } from './by-hand';
import { Cron } from './cron';
import type { PushedChange, TestEvent } from './push-bodies';
import { requestFor } from './push-request';
import type { Parcel } from './push-request';
import { PushSender } from './push-sender';
import type { PushRecord, PushShape, PushTarget } from './push-types';
import { Turns } from './turns';
import { WebhookEvents } from './webhook-events';

const DEFAULT_CRON_MS = 50;
const DEFAULT_MAX_CONCURRENT = 20;

export interface PusherParts {
  readonly target: PushTarget | null;
  readonly now: () => number;
  readonly payloadText: (change: Change) => string;
  readonly ledger: LedgerBook;
  readonly changed: () => void;
}

export class Pusher {
  private readonly sender: PushSender;
  private readonly turns = new Turns(() => this.target?.maxConcurrent ?? DEFAULT_MAX_CONCURRENT);
  private readonly rows = new WebhookEvents();
  private readonly cron = new Cron(() => this.runCron());
  private target: PushTarget | null = null;
  private underWay = 0;

  constructor(private readonly parts: PusherParts) {
    this.sender = new PushSender(parts.now);
    this.setTarget(parts.target);
  }

  get hasTarget(): boolean {
    return this.target !== null;
  }

  /** Nothing is under way, and nothing waits for the cron. */
  get idle(): boolean {
    return this.underWay === 0 && this.rows.count === 0;
  }

  /** What waits goes to the new one; without one it is dropped. */
  setTarget(target: PushTarget | null): void {
    if (target !== null && !URL.canParse(target.url)) throw new Error(`no URL to push to: ${target.url}`);
    this.target = target;
    if (target === null) this.dropWaiting();
    else this.planCron(target);
  }

  shapeOf(wanted: PushShape | undefined): PushShape {
    return wanted ?? this.target?.shape ?? 'instant';
  }

  committed(change: PushedChange, shape: PushShape): void {
    if (this.target === null || shape === 'none') return;
    if (shape === 'instant' || shape === 'instant-then-builder') {
      void this.deliver({ shape: 'instant', changes: [change] });
    }
    if (shape !== 'instant') this.rows.add(change, shape === 'batch' ? 'batch' : 'builder');
    this.planCron(this.target);
  }

  runCron(): Promise<void> {
    this.cron.stop();
    return this.counted(async () => {
      // The turns bound how many of a list are under way.
      for (const parcels of this.rows.take()) {
        await Promise.all(parcels.map((parcel) => this.deliver(parcel)));
      }
    });
  }

  async connectionTest(): Promise<readonly number[]> {
    const target = this.mustHaveTarget();
    return await this.inTurn(() => testConnection(target, this.sender, this.parts.now()));
  }

  async testEvent(event: TestEvent): Promise<PushRecord> {
    const target = this.mustHaveTarget();
    return await this.inTurn(() => sendTestEvent(target, event, this.sender, this.parts.now()));
  }

  /** The rows went with their table. */
  dropWaiting(): void {
    this.cron.stop();
    this.rows.take();
    this.parts.changed();
  }

  /** What is under way gets no answer; what waits is never sent. */
  async close(): Promise<void> {
    this.setTarget(null);
    await this.sender.close();
  }

  private deliver(parcel: Parcel): Promise<void> {
    return this.inTurn(async () => {
      // Taken away while the parcel waited for its turn.
      if (this.target === null) return;
      const { ledger, now, payloadText } = this.parts;
      const sent = await this.sender.send(this.target, requestFor(parcel, this.target, payloadText, now()));
      for (const { serial, pushId } of parcel.changes) {
        ledger.pushed(serial, { shape: parcel.shape, eventId: pushId, ...sent });
      }
    });
  }

  private inTurn<T>(task: () => Promise<T>): Promise<T> {
    return this.counted(() => this.turns.take(task));
  }

  private async counted<T>(task: () => Promise<T>): Promise<T> {
    this.underWay++;
    try {
      return await task();
    } finally {
      this.underWay--;
      this.parts.changed();
    }
  }

  private planCron({ cronEveryMs = DEFAULT_CRON_MS }: PushTarget): void {
    if (this.rows.count > 0) this.cron.plan(cronEveryMs);
  }

  private mustHaveTarget(): PushTarget {
    if (this.target === null) throw new Error('nothing to push to: set a push target first');
    return this.target;
  }
}
