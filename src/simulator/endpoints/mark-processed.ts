// POST /api/webhooks/mark-processed: all ids of a batch, or none.
// Only plans the marking: the rows change when the work is done, as at the commit of Odoo's transaction.

import { isPyDict, isPyList, isTruthy } from '../python/values';
import type { PyValue } from '../python/values';
import { commitFailed, refusal, success } from './answer';
import type { Answer } from './answer';
import type { Odoo } from './odoo';
import { bodyOf } from './request';
import type { OdooRequest } from './request';

export function markProcessed(request: OdooRequest, odoo: Odoo): Answer {
  const named = bodyOf(request).get('event_ids');
  if (!isPyList(named) || named.length === 0) return refusal(400, 'event_ids must be a non-empty list', odoo);
  if (named.some(isNoRecord)) return refusal(500, 'Failed to mark events as processed', odoo);

  const pullIds = named.map(rowIdOf).filter((id) => id !== null);
  // PostgreSQL reads a string beside an int as an int; alone it stays a string and the UPDATE fails.
  if (pullIds.length < named.length || named.every((id) => typeof id === 'string')) return commitFailed();
  if (odoo.faults.occur('query-failed', 'mark-processed') !== null) return commitFailed();

  const gone = pullIds.some((id) => !odoo.table.has(id));
  if (gone && odoo.faults.occur('older-addon', 'mark-processed') !== null) {
    return refusal(500, 'Failed to mark events as processed', odoo);
  }
  const answer = success(
    { processed_count: named.length, message: `${named.length} event(s) marked as processed` },
    odoo,
  );
  return { ...answer, work: { kind: 'mark', pullIds } };
}

/** Odoo fails on these while it makes a record set of the ids. */
function isNoRecord(id: PyValue): boolean {
  return !isTruthy(id) || isPyList(id) || isPyDict(id);
}

/** Null for what the UPDATE cannot compare with an id. */
function rowIdOf(id: PyValue): number | null {
  if (typeof id === 'number') return id;
  return typeof id === 'string' && /^-?\d+$/.test(id) ? Number(id) : null;
}
