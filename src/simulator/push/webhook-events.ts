// The rows of webhook.event that wait for the cron, and the order in which it takes them.
// Never sends anything.

import type { PushedChange } from './push-bodies';
import type { Parcel } from './push-request';

const MAX_BATCH_EVENTS = 100;

export class WebhookEvents {
  private builders: PushedChange[] = [];
  private batched: PushedChange[] = [];

  get count(): number {
    return this.builders.length + this.batched.length;
  }

  add(change: PushedChange, shape: 'builder' | 'batch'): void {
    (shape === 'batch' ? this.batched : this.builders).push(change);
  }

  /** All of them; none waits then. The first list is sent before the second: Odoo sends `high` last. */
  take(): readonly [readonly Parcel[], readonly Parcel[]] {
    const { builders, batched } = this;
    this.builders = [];
    this.batched = [];
    const urgent: Parcel[] = [];
    const others: Parcel[] = [];
    for (const change of builders) {
      (change.priority === 'high' ? urgent : others).push({ shape: 'builder', changes: [change] });
    }
    for (let at = 0; at < batched.length; at += MAX_BATCH_EVENTS) {
      others.push({ shape: 'batch', changes: batched.slice(at, at + MAX_BATCH_EVENTS) });
    }
    return [others, urgent];
  }
}
