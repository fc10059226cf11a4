// How events look on the wire: snake_case, times as RFC 3339 in UTC. Never asks for more than it is given.
import type { KeptAction, KeptDelivery } from '../store/deliveries/read';
import type { KeptCopy } from '../store/event-copies';
import type { ListedEvent, StoredEvent } from '../store/events/read';

export interface TemporalUi {
  /** Without a slash at the end; null when it is not known. */
  readonly baseUrl: string | null;
  readonly namespace: string;
}

export function timeOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

export function presentEvent(event: ListedEvent, ui: TemporalUi) {
  return {
    key: event.key,
    source: event.source,
    push_id: event.pushId,
    pull_id: event.pullId,
    channel: event.channel,
    model: event.model,
    record_id: event.recordId,
    operation: event.operation,
    occurred_at: timeOf(event.occurredAtMs),
    received_at: timeOf(event.receivedAtMs),
    processed_at: timeOf(event.processedAtMs),
    priority: event.priority,
    category: event.category,
    user: event.user,
    changed_fields: event.changedFields,
    status: event.status,
    workflow_id: event.workflowId,
    temporal_url: temporalUrl(event, ui),
  };
}

export interface WholeEvent {
  readonly event: StoredEvent;
  readonly copies: readonly KeptCopy[];
  readonly deliveries: readonly KeptDelivery[];
  readonly actions: readonly KeptAction[];
}

export function presentWholeEvent({ event, copies, deliveries, actions }: WholeEvent, ui: TemporalUi) {
  return {
    ...presentEvent(event, ui),
    payload: event.payload,
    payload_dropped_at: timeOf(event.payloadDroppedAtMs),
    copies: copies.map(presentCopy),
    deliveries: deliveries.map((delivery) => presentDelivery(delivery, event.key)),
    actions: actions.map(({ action, reason, actor, replayId, atMs }) => ({
      action,
      reason,
      actor,
      replay: replayId,
      at: timeOf(atMs),
    })),
  };
}

export function presentDelivery(delivery: KeptDelivery, eventKey: string) {
  return {
    id: delivery.id,
    event_key: eventKey,
    subscription: { id: delivery.subscriptionId, name: delivery.subscription },
    state: delivery.state,
    next_attempt_at: timeOf(delivery.nextAttemptAtMs),
    attempts: delivery.attempts.map((attempt) => ({
      at: timeOf(attempt.atMs),
      status: attempt.status,
      duration_ms: attempt.durationMs,
      response: attempt.response,
      error_class: attempt.errorClass,
      message: attempt.message,
    })),
  };
}

/** The newest run in the Temporal Web UI; before the first, the place where it will be found. */
function temporalUrl(
  { key, workflowId, runId }: ListedEvent,
  { baseUrl, namespace }: TemporalUi,
): string | null {
  if (baseUrl === null) return null;
  const workflows = `${baseUrl}/namespaces/${encodeURIComponent(namespace)}/workflows`;
  return runId === null
    ? `${workflows}?query=${encodeURIComponent(`WorkflowId="${workflowId ?? key}"`)}`
    : `${workflows}/${encodeURIComponent(workflowId ?? key)}/${runId}/history`;
}

function presentCopy(copy: KeptCopy) {
  return {
    channel: copy.channel,
    id: copy.externalId,
    first_at: timeOf(copy.firstAtMs),
    last_at: timeOf(copy.lastAtMs),
    times: copy.times,
  };
}
