// Recognises which of Odoo's shapes a push body has, and reads it.
// Must never throw: whatever somebody posts comes out as one of the kinds below.

import { isJsonObject } from '../../domain/json-object';
import type { Arrival } from '../../domain/event';
import { isJson } from '../wire';
import { batchItems, readBatch } from './batch';
import { isBuilder, readBuilder } from './builder';
import { isInstant, readInstant } from './instant';
import type { PushItem } from './push-item';

export type Push =
  | { readonly kind: 'connection-test' }
  | { readonly kind: 'test-event' }
  | { readonly kind: 'single'; readonly arrival: Arrival }
  /** Items in the order of the body; none at all when the batch was empty. */
  | { readonly kind: 'batch'; readonly items: readonly PushItem[] }
  | { readonly kind: 'unknown'; readonly reason: string };

export function readPush(body: unknown): Push {
  if (!isJson(body)) return { kind: 'unknown', reason: 'not JSON, or nested too deep' };
  if (!isJsonObject(body)) return { kind: 'unknown', reason: 'not a JSON object' };
  // First, because an instant body is a record, whose own fields may be called `batch`, `event` or `test`.
  if (isInstant(body)) return single(readInstant(body));
  const items = batchItems(body);
  if (items !== null) return { kind: 'batch', items: readBatch(items) };
  // Before the connection test, so that a stray `test` beside a whole event does not swallow the event.
  if (isBuilder(body)) return single(readBuilder(body));
  if (body['test'] === true) return { kind: 'connection-test' };
  return {
    kind: 'unknown',
    reason:
      'none of the shapes auto_webhook sends: no `_webhook_metadata`, no `batch` with a list `events`, not all of `model`, `record_id`, `event`, no `test`',
  };
}

function single(item: PushItem): Push {
  return item.kind === 'test-event' ? item : { kind: 'single', arrival: item };
}
