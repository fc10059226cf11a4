// The bodies that Odoo pushes, as JSON text in Python's spelling.
// Never makes a payload: it is the one that a pull of the same change answers with.

import { z } from 'zod';

import type { JsonObject } from '../../domain/event';
import type { Change } from '../change-types';
import { naiveSeconds, writeJson } from '../python/json-writer';

export interface PushedChange extends Change {
  readonly pushId: number;
}

/** The record's own fields, with the metadata as the last of them. */
export function instantBody(change: PushedChange, payloadText: string): string {
  const metadata = writeJson({
    event_id: change.pushId,
    event_type: change.operation,
    model: change.model,
    record_id: change.recordId,
    timestamp: naiveSeconds(change.occurredAtMs),
  });
  const fields = payloadFields(payloadText);
  return `{${fields}${fields === '' ? '' : ', '}"_webhook_metadata": ${metadata}}`;
}

export function builderBody(change: PushedChange, payloadText: string): string {
  const head = eventHead(change, change.pushId, change.occurredAtMs);
  const changedFields = changedFieldsIn(payloadText);
  const tail = changedFields === undefined ? '' : `, "changed_fields": ${writeJson(changedFields)}`;
  return `{${head}, "data": {${payloadFields(payloadText)}}${tail}}`;
}

/** The time is that of the sending. */
export function batchBody(bodies: readonly string[], nowMs: number): string {
  return `{"batch": true, "timestamp": "${naiveSeconds(nowMs)}", "events": [${bodies.join(', ')}]}`;
}

export function connectionTestBody(nowMs: number): string {
  return writeJson({
    test: true,
    message: 'Connection test from Odoo Webhook Module',
    timestamp: naiveSeconds(nowMs),
    subscriber: 'Default Endpoint',
  });
}

export interface TestEvent {
  readonly eventId: number;
  readonly model: string;
  /** -1 while the model has no record. */
  readonly recordId: number;
  readonly configName: string;
}

/** Told from a real one by `data._test_event` alone. */
export function testEventBody({ eventId, model, recordId, configName }: TestEvent, nowMs: number): string {
  const event = { model, recordId, operation: 'create', priority: 'high', category: 'business' } as const;
  const data: JsonObject = {
    _test_event: true,
    message: 'This is a test webhook event',
    model,
    config_name: configName,
    timestamp: naiveSeconds(nowMs),
    sample_record_id: recordId,
  };
  return `{${eventHead(event, eventId, nowMs)}, "data": ${writeJson(data)}}`;
}

type EventFacts = Pick<Change, 'model' | 'recordId' | 'operation' | 'priority' | 'category'>;

function eventHead(event: EventFacts, eventId: number, occurredAtMs: number): string {
  const head = writeJson({
    event_id: eventId,
    model: event.model,
    record_id: event.recordId,
    event: event.operation,
    timestamp: naiveSeconds(occurredAtMs),
    priority: event.priority ?? false,
    category: event.category ?? false,
  });
  return head.slice(1, -1);
}

/** Without the braces; nothing where the wire of a pull says `false`. */
function payloadFields(payloadText: string): string {
  return payloadText === 'false' ? '' : payloadText.slice(1, -1);
}

const changedFieldsOf = z.object({ _changed_fields: z.exactOptional(z.json()) });

function changedFieldsIn(payloadText: string): z.infer<typeof changedFieldsOf>['_changed_fields'] {
  // Most payloads have none, and parsing is dear.
  if (!payloadText.includes('"_changed_fields"')) return undefined;
  return changedFieldsOf.parse(JSON.parse(payloadText))._changed_fields;
}
