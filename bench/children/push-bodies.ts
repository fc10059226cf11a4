// Pushes as Odoo sends them: the simulator's changes and payloads (2.9 kB in the middle), the same for the same seed.
import type { Change } from '../../src/simulator/change-types';
import { ChangeDraw, usualPriority } from '../../src/simulator/change-draw';
import { Payloads } from '../../src/simulator/payloads/payload-text';
import { batchBody, builderBody } from '../../src/simulator/push/push-bodies';

const USER = { id: 2, name: 'Administrator' };

export class PushBodies {
  private readonly draw: ChangeDraw;
  private readonly payloads: Payloads;

  /** @param model of all changes; null draws models as the simulator does */
  constructor(
    seed: number,
    private readonly model: string | null,
  ) {
    this.draw = new ChangeDraw(seed);
    this.payloads = new Payloads(seed);
  }

  next(pushId: number): string {
    // A record of its own: how long the events of one record wait for each other is no matter of speed.
    const wanted = { recordId: pushId, operation: 'write' as const };
    const record = this.draw.next(this.model === null ? wanted : { ...wanted, model: this.model });
    const change: Change & { readonly pushId: number } = {
      serial: pushId,
      pullId: pushId,
      pushId,
      ...record,
      priority: usualPriority(record.model),
      category: 'business',
      user: USER,
      occurredAtMs: Date.now(),
    };
    return builderBody(change, this.payloads.textOf(change));
  }

  many(firstId: number, count: number): readonly string[] {
    return Array.from({ length: count }, (_, place) => this.next(firstId + place));
  }
}

/** So many events in one request, as Odoo's cron sends them. */
export function batches(bodies: readonly string[], size: number): readonly string[] {
  return Array.from({ length: Math.ceil(bodies.length / size) }, (_, place) =>
    batchBody(bodies.slice(place * size, (place + 1) * size), Date.now()),
  );
}
