// What becomes of a push: read, committed, answered. It is answered when its events are durable; their runs
// start behind the answer, since an Odoo user is waiting for it.
import type { DispatchBell } from '../../contracts/event-runs';
import type { PushStarts } from '../../control/push-starts';
import type { Arrival } from '../../domain/event';
import { required } from '../../domain/required';
import type { Intake } from '../../intake/accept';
import type { Accepted, IntakeSource } from '../../intake/accepted';
import { readPush } from '../../odoo/shapes/push';
import type { PushItem } from '../../odoo/shapes/push-item';
import { sentEventId } from '../../odoo/shapes/unreadable';
import { addToCounters } from '../../store/counters';
import type { Database } from '../../store/database';
import { Problem } from '../problem';

export interface ReceiverParts {
  readonly db: Database;
  readonly intake: Intake;
  readonly starts: PushStarts;
  readonly bell: DispatchBell;
}

export type Receiver = (source: IntakeSource, body: Buffer) => Promise<object>;

/** @throws Problem 400 for what is no JSON or an empty batch, 422 for what was put in quarantine */
export function createReceiver({ db, intake, starts, bell }: ReceiverParts): Receiver {
  /** @param leaseMs null leaves the starts to the dispatcher */
  async function accept(
    source: IntakeSource,
    arrivals: readonly Arrival[],
    leaseMs: number | null,
  ): Promise<readonly Accepted[]> {
    const accepted = await intake.accept(source, 'push', arrivals, leaseMs);
    for (const one of accepted) {
      if (one.kind !== 'new') continue;
      if (one.toStart === null) bell.ring();
      else starts.start(one.toStart);
    }
    return accepted;
  }

  async function acceptOne(source: IntakeSource, arrival: Arrival): Promise<object> {
    const one = required((await accept(source, [arrival], starts.leaseMs()))[0], 'the answer to a push');
    if (one.kind === 'quarantined') {
      const why = arrival.kind === 'unreadable' ? arrival.reason : 'the database refuses it';
      const detail = `kept in quarantine, not processed (${why}): look at GET /api/v1/quarantine/${one.quarantineId}`;
      throw new Problem(422, detail, { fields: { quarantine_id: one.quarantineId } });
    }
    return { success: true, ...presentAccepted(one) };
  }

  async function acceptBatch(source: IntakeSource, items: readonly PushItem[]): Promise<object> {
    if (items.length === 0) throw new Problem(400, 'the batch has no events: send at least one');
    const arrivals = items.flatMap((item) => (item.kind === 'test-event' ? [] : [item]));
    if (arrivals.length < items.length) await countTest(source);
    const accepted = [...(await accept(source, arrivals, null))];
    const results = items.map((item) => {
      if (item.kind === 'test-event') return { test: true };
      const one = required(accepted.shift(), 'the answer to an event of a batch');
      return presentAccepted({ ...one, eventId: one.eventId ?? sentEventId(item.raw) });
    });
    return { success: true, results };
  }

  async function countTest(source: IntakeSource): Promise<void> {
    await addToCounters(db, source.name, new Map([['test_pushes', 1] as const]));
  }

  return async (source, body) => {
    const push = readPush(parse(body));
    switch (push.kind) {
      case 'connection-test':
      case 'test-event':
        await countTest(source);
        return { success: true, test: true };
      case 'single':
        return acceptOne(source, push.arrival);
      case 'batch':
        return acceptBatch(source, push.items);
      case 'unknown':
        return acceptOne(source, { kind: 'unreadable', reason: push.reason, raw: body.toString() });
    }
  };
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new Problem(400, 'the body is not JSON: send one of the shapes of auto_webhook');
  }
}

function presentAccepted(one: Accepted) {
  return one.kind === 'quarantined'
    ? { event_id: one.eventId, quarantine_id: one.quarantineId }
    : { event_id: one.eventId, key: one.key, duplicate: one.kind === 'duplicate' };
}
