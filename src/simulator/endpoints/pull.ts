// GET and POST /api/webhooks/pull: the open rows after a cursor.
// Never marks a row; a database error comes out as success with an `error`, as in the addon.

import { writeJson, naiveMicroseconds, naiveSeconds } from '../python/json-writer';
import { isPyList, isTruthy, PythonError, pythonInt, repr } from '../python/values';
import type { PyDict, PyValue } from '../python/values';
import type { Change } from '../change-types';
import { JSON_TYPE } from './answer';
import type { Answer } from './answer';
import type { Odoo } from './odoo';
import { queryError } from './query-error';
import { paramsOf } from './request';
import type { OdooRequest } from './request';

const MAX_LIMIT_ROWS = 1000;
const MAX_INT4 = 2 ** 31 - 1;

interface Page {
  readonly rows: readonly Change[];
  readonly lastId: number;
  readonly hasMore: boolean;
  readonly error: string | null;
}

export function pull(request: OdooRequest, odoo: Odoo): Answer {
  const params = paramsOf(request);
  const afterId = pythonInt(params.get('last_event_id') ?? missing(params, 'last_event_id', 0));
  const limit = Math.min(pythonInt(params.get('limit') ?? missing(params, 'limit', 100)), MAX_LIMIT_ROWS);
  try {
    return answerWith(readPage(params, afterId, limit, odoo), odoo);
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    return answerWith({ rows: [], lastId: afterId, hasMore: false, error: error.message }, odoo);
  }
}

/** A null that was sent is not the same as nothing sent: int(None) raises. */
function missing(params: PyDict, name: string, preset: number): PyValue {
  return params.has(name) ? null : preset;
}

function readPage(params: PyDict, afterId: number, limit: number, { table, faults }: Odoo): Page {
  const models = modelsOf(params.get('models'));
  const failed = faults.occur('query-failed', 'pull');
  if (failed !== null) throw queryError(failed);
  if (Math.abs(afterId) > MAX_INT4) throw outOfRange(afterId);
  if (limit < 0) throw new PythonError('DatabaseError', 'LIMIT must not be negative\n');
  const cap = faults.occur('page-cap', 'pull')?.rows ?? Infinity;
  const rows = table.select({
    afterId,
    models,
    priority: priorityOf(params.get('priority')),
    // 0 is no limit at all: Odoo's search takes it for "not given".
    limitRows: Math.min(limit === 0 ? Infinity : limit, cap),
  });
  const lastId = rows.at(-1)?.pullId ?? afterId;
  // Neither filter counts here, so it can be true when no row will match any more.
  const hasMore = rows.length > 0 && table.hasOpenAfter(lastId);
  const claimed = rows.length > 0 && faults.occur('more-before-empty-page', 'pull') !== null;
  return { rows, lastId, hasMore: hasMore || claimed, error: null };
}

function modelsOf(value: PyValue | undefined): readonly string[] | null {
  if (value === undefined || !isTruthy(value)) return null;
  if (typeof value === 'string') return value.split(',').map((name) => name.trim());
  if (isPyList(value)) return value.filter((name) => typeof name === 'string');
  throw new PythonError('ValueError', `Invalid domain term ('model', 'in', ${repr(value)})`);
}

/** Any other value than a string matches no row. */
function priorityOf(value: PyValue | undefined): string | number | null {
  if (value === undefined || !isTruthy(value)) return null;
  return typeof value === 'string' ? value : NaN;
}

function outOfRange(id: number): PythonError {
  const line = `LINE 1: ..."update_webhook" WHERE ((("update_webhook"."id" > '${String(id).slice(0, 9)}...`;
  return new PythonError(
    'DatabaseError',
    `value "${id}" is out of range for type integer\n${line}\n${'^'.padStart(62)}\n`,
  );
}

function answerWith({ rows, lastId, hasMore, error }: Page, { now, payloadText }: Odoo): Answer {
  const head = [
    `"events": [${rows.map((row) => eventText(row, payloadText(row))).join(', ')}]`,
    `"last_id": ${lastId}, "has_more": ${String(hasMore)}, "count": ${rows.length}`,
    ...(error === null ? [] : [`"error": ${writeJson(error)}`]),
    `"success": true, "timestamp": "${naiveMicroseconds(now())}"`,
  ];
  return {
    status: 200,
    contentType: JSON_TYPE,
    body: `{${head.join(', ')}}`,
    work: { kind: 'served', changes: rows, hasMore },
  };
}

function eventText(change: Change, payload: string): string {
  const { pullId, model, recordId, operation, occurredAtMs, priority, category, user } = change;
  return [
    `{"id": ${pullId}, "model": ${writeJson(model)}, "record_id": ${recordId}, "event": "${operation}"`,
    `"timestamp": "${naiveSeconds(occurredAtMs)}", "payload": ${payload}`,
    `"priority": ${writeJson(priority ?? false)}, "category": ${writeJson(category ?? false)}`,
    `"user_id": ${writeJson(user?.id ?? null)}, "user_name": ${writeJson(user?.name ?? false)}}`,
  ].join(', ');
}
