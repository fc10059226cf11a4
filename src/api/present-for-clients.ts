// How events and numbers look to the present clients. `id` is the event's place in the order of acceptance.
import { PRIORITIES } from '../domain/event';
import { COUNTED_CATEGORIES, type CounterName, type Totals } from '../store/counters';
import type { StoredEvent } from '../store/events/read';
import { timeOf } from './present';

export function presentRecent(event: StoredEvent) {
  return {
    id: event.seq,
    key: event.key,
    source: event.source,
    model: event.model,
    record_id: event.recordId,
    event: event.operation,
    occurred_at: timeOf(event.occurredAtMs),
    received_at: timeOf(event.receivedAtMs),
    processed_at: timeOf(event.processedAtMs),
    priority: event.priority,
    category: event.category,
    status: event.status,
    changed_fields: event.changedFields,
    payload: event.payload,
  };
}

export function presentStatistics(
  totals: Totals,
  byModel: readonly { readonly model: string; readonly count: number }[],
  averageSeconds: number | null,
) {
  const { processed, dead_letter: dead, discarded } = totals.states;
  const ended = processed + dead + discarded;
  // Events from before these were counted are in none; one of them that changes would count below nothing.
  const counted = (name: CounterName) => Math.max(0, totals.of(name));
  return {
    total_events: totals.of('accepted'),
    by_status: totals.states,
    by_priority: Object.fromEntries(PRIORITIES.map((one) => [one, counted(`priority:${one}`)])),
    by_category: Object.fromEntries(COUNTED_CATEGORIES.map((one) => [one, counted(`category:${one}`)])),
    by_model: byModel,
    success_rate: ended === 0 ? null : processed / ended,
    average_processing_time: averageSeconds,
  };
}
