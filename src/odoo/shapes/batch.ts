// Reads a batch push: a list of events in one body.
// Must never let one bad item spoil the others, nor change their order: the answer names them by place.

import { isJsonObject } from '../../domain/json-object';
import type { Json, JsonObject } from '../../domain/event';
import { isJsonList } from '../wire';
import { readBuilder } from './builder';
import { isInstant, readInstant } from './instant';
import type { PushItem } from './push-item';

/** The batch's items; null when the body is no batch. */
export function batchItems(body: JsonObject): readonly Json[] | null {
  const { batch, events } = body;
  return batch === true && isJsonList(events) ? events : null;
}

/** Odoo batches builder items only; an instant one is understood too, since it names itself. */
export function readBatch(items: readonly Json[]): readonly PushItem[] {
  return items.map((item) => (isJsonObject(item) && isInstant(item) ? readInstant(item) : readBuilder(item)));
}
