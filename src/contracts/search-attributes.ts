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

/** Of the run of one event, or of several: then what they do not share is left out. */
export function eventSearchAttributes(
  events: readonly SearchableEvent[],
  status: EventState,
): SearchAttributePair[] {
  const shared = <T>(values: readonly T[]): readonly T[] => {
    const [first, ...others] = new Set(values);
    return first === undefined || others.length > 0 ? [] : [first];
  };
  return [
    ...shared(events.map(({ source }) => source)).map((value) => ({ key: ODOO_SOURCE, value })),
    ...shared(events.map(({ model }) => model)).map((value) => ({ key: ODOO_MODEL, value })),
    ...shared(events.map(({ operation }) => operation)).map((value) => ({ key: ODOO_OPERATION, value })),
    ...shared(events.map(({ priority }) => priority)).map((value) => ({ key: EVENT_PRIORITY, value })),
    { key: EVENT_STATUS, value: status },
    {
      key: ODOO_RECORD,
      value: [...new Set(events.map(({ model, recordId }) => `${model}/${recordId}`))],
    },
    {
      key: ODOO_EVENT_ID,
      value: events.flatMap(({ ids }) => ids.map(({ channel, id }) => `${channel}:${id}`)),
    },
  ];
}
