// The deliveries of the events of a page, as far as a bulk act must know them. Under the locks of the events' rows.
import { sql } from 'drizzle-orm';
import type { DeliveryState } from '../../domain/delivery';
import type { PlannedDelivery } from '../../domain/replay';
import { anyNumber } from '../any-of';
import type { Database } from '../database';

/** By the `seq` of the event. */
export async function plannedDeliveries(
  tx: Database,
  eventSeqs: readonly number[],
): Promise<ReadonlyMap<number, readonly PlannedDelivery[]>> {
  const { rows } = await tx.execute<{
    event_seq: number;
    id: string;
    subscription_id: string;
    state: DeliveryState;
    error_class: string | null;
  }>(sql`
    select d.event_seq, d.id, d.subscription_id, d.state, d.error_class
    from deliveries d
    where d.event_seq = ${anyNumber(eventSeqs)}
    order by d.seq`);
  const found = new Map<number, PlannedDelivery[]>();
  for (const { event_seq: seq, id, subscription_id: subscriptionId, state, error_class: errorClass } of rows)
    found.set(seq, [...(found.get(seq) ?? []), { id, subscriptionId, state, errorClass }]);
  return found;
}
