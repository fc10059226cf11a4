// What a subscriber gets: the body of a delivery, the same for every attempt and replay.
// Must never hold anything of the moment (time of sending, number of the attempt).

import type { JsonObject, OdooUser, Operation, Priority } from '../../domain/event';

export interface WebhookEvent {
  readonly key: string;
  readonly source: string;
  readonly model: string;
  readonly recordId: number;
  readonly operation: Operation;
  readonly occurredAtMs: number;
  readonly priority: Priority;
  readonly changedFields: readonly string[] | null;
  readonly user: OdooUser | null;
  readonly payload: JsonObject | null;
}

const HAPPENED: Readonly<Record<Operation, string>> = {
  create: 'created',
  write: 'updated',
  unlink: 'deleted',
};

/** `odoo.res_partner.updated`: Standard Webhooks reads dots as levels, Odoo's models have their own. */
export function webhookType(event: Pick<WebhookEvent, 'model' | 'operation'>): string {
  return `odoo.${event.model.replaceAll('.', '_')}.${HAPPENED[event.operation]}`;
}

export function webhookBody(event: WebhookEvent): string {
  const occurredAt = new Date(event.occurredAtMs).toISOString();
  return JSON.stringify({
    type: webhookType(event),
    timestamp: occurredAt,
    data: {
      key: event.key,
      source: event.source,
      model: event.model,
      record_id: event.recordId,
      operation: event.operation,
      occurred_at: occurredAt,
      priority: event.priority,
      changed_fields: event.changedFields,
      user: event.user === null ? null : { id: event.user.id, name: event.user.name },
      payload: event.payload,
    },
  });
}
