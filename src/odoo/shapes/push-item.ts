// What one item of a push can be: an event, something unreadable, or a press on one of Odoo's test buttons.
// Must never take a real change for a test.

import { isJsonObject } from '../../domain/json-object';
import type { Arrival, Json } from '../../domain/event';

/** A test event looks like a real one and stands for no change: it is answered, counted, and no event. */
export type PushItem = Arrival | { readonly kind: 'test-event' };

/** Odoo borrows a real record's id for its test event, or writes -1 when the model has no record. */
export function isTestEvent(recordId: Json | undefined, payload: Json | undefined): boolean {
  return recordId === -1 || (isJsonObject(payload) && payload['_test_event'] === true);
}
