// GET /api/webhooks/health, which asks for no key, and GET /api/webhooks/stats.
// Neither changes anything.

import { naiveMicroseconds } from '../python/json-writer';
import { pythonInt } from '../python/values';
import { json, raised, refusal, success } from './answer';
import type { Answer } from './answer';
import type { Odoo } from './odoo';
import { queryError } from './query-error';
import type { OdooRequest } from './request';

const DAY_MS = 86_400_000;
const MAX_DAYS = 999_999_999;
const YEAR_1_MS = Date.UTC(2000, 0, 1) - 730_119 * DAY_MS;
const YEAR_9999_END_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

export function health(_request: OdooRequest, odoo: Odoo): Answer {
  const failed = odoo.faults.occur('query-failed', 'health');
  if (failed !== null) return refusal(503, `Unhealthy: ${queryError(failed).message}`, odoo);
  return json(200, {
    status: 'healthy',
    // Of the endpoint, not of the addon.
    version: '2.0.0',
    module: 'auto_webhook',
    pending_events: odoo.table.countOpen(),
    timestamp: naiveMicroseconds(odoo.now()),
  });
}

export function stats({ query }: OdooRequest, odoo: Odoo): Answer {
  const days = pythonInt(query.get('days') ?? 7);
  const failed = odoo.faults.occur('query-failed', 'stats');
  if (failed !== null) return raised(queryError(failed), odoo);

  const sinceMs = odoo.now() - days * DAY_MS;
  if (Math.abs(days) > MAX_DAYS) {
    return success({ stats: { error: `days=${days}; must have magnitude <= ${MAX_DAYS}` } }, odoo);
  }
  if (sinceMs < YEAR_1_MS || sinceMs > YEAR_9999_END_MS) {
    return success({ stats: { error: 'date value out of range' } }, odoo);
  }
  const { total, processed, byModel, byPriority } = odoo.table.countSince(sinceMs);
  const models = [...byModel].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return success(
    {
      stats: {
        period_days: days,
        total,
        processed,
        pending: total - processed,
        archived: 0,
        by_model: models.map(([model, count]) => ({ model, count })),
        by_priority: Object.fromEntries(byPriority),
      },
    },
    odoo,
  );
}
