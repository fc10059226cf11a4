// Reads the answer to a pull.
// Must never believe `last_id`: an answer that failed inside Odoo carries one too.

import type { JsonObject } from '../../domain/event';
import type { OdooReply } from '../../domain/failure';
import { failed } from '../failed';
import { isJsonList } from '../wire';
import { readPulledRow, type PulledRow } from './pulled-row';

export interface PulledPage {
  /** Ascending by id. Unreadable rows are among them; they too must be kept and acknowledged. */
  readonly rows: readonly PulledRow[];
  /** Only a hint: Odoo may say true before an empty page. A loop ends on the empty page. */
  readonly hasMore: boolean;
}

export function readPulledPage(answer: JsonObject): OdooReply<PulledPage> {
  const { events, has_more: hasMore = false } = answer;
  if (!isJsonList(events)) return wrongShape('its `events` is not a list');
  if (typeof hasMore !== 'boolean') return wrongShape('its `has_more` is neither true nor false');
  const rows: PulledRow[] = [];
  for (const [index, event] of events.entries()) {
    const row = readPulledRow(event);
    if (row === null) {
      return wrongShape(`row ${index + 1} of ${events.length} has no positive integer id`);
    }
    rows.push(row);
  }
  // Odoo sends them ascending; sorted all the same, since a cursor taken from the last row depends on it.
  rows.sort((one, other) => one.id - other.id);
  return { kind: 'ok', value: { rows, hasMore } };
}

function wrongShape(what: string): OdooReply<never> {
  return failed(
    'odoo-wrong-shape',
    200,
    `a pulled page cannot be used: ${what}; check that ODOO_URL leads to auto_webhook and which version is installed`,
  );
}
