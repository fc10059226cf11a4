// By what an operator finds an event in the Temporal Web UI. The SQL stores of Temporal allow ten Keyword and
// three KeywordList in all, so a new one must be worth its place.
import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import type { Channel, Operation, Priority } from '../domain/event';
import type { EventState } from '../domain/event-state';

export const ODOO_SOURCE = defineSearchAttributeKey('OdooSource', 'KEYWORD');
export const ODOO_MODEL = defineSearchAttributeKey('OdooModel', 'KEYWORD');
export const ODOO_OPERATION = defineSearchAttributeKey('OdooOperation', 'KEYWORD');
export const EVENT_PRIORITY = defineSearchAttributeKey('EventPriority', 'KEYWORD');
export const EVENT_STATUS = defineSearchAttributeKey('EventStatus', 'KEYWORD');
/** `res.partner/42`. A list, so that one run may stand for several events. */
export const ODOO_RECORD = defineSearchAttributeKey('OdooRecord', 'KEYWORD_LIST');
/** `push:168`, `pull:176`. */
export const ODOO_EVENT_ID = defineSearchAttributeKey('OdooEventId', 'KEYWORD_LIST');

/** Every attribute and its type, as `temporal operator search-attribute create` names them. */
export const SEARCH_ATTRIBUTE_TYPES = {
  OdooSource: 'Keyword',
  OdooModel: 'Keyword',
  OdooOperation: 'Keyword',
  EventPriority: 'Keyword',
  EventStatus: 'Keyword',
  OdooRecord: 'KeywordList',
  OdooEventId: 'KeywordList',
} as const;

export interface SearchableEvent {
  readonly source: string;
  readonly model: string;
  readonly recordId: number;
  readonly operation: Operation;
  readonly priority: Priority;
  readonly ids: readonly { readonly channel: Channel; readonly id: string }[];
}

export function eventSearchAttributes(event: SearchableEvent, status: EventState): SearchAttributePair[] {
  return [
    { key: ODOO_SOURCE, value: event.source },
    { key: ODOO_MODEL, value: event.model },
    { key: ODOO_OPERATION, value: event.operation },
    { key: EVENT_PRIORITY, value: event.priority },
    { key: EVENT_STATUS, value: status },
    { key: ODOO_RECORD, value: [`${event.model}/${event.recordId}`] },
    { key: ODOO_EVENT_ID, value: event.ids.map(({ channel, id }) => `${channel}:${id}`) },
  ];
}
