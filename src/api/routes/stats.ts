// The numbers of the whole bridge. From counters: never counts a row.
import { Router } from 'express';
import { readTotals } from '../../store/counters';
import { oldestPendingMs } from '../../store/events/read';
import type { ApiDependencies } from '../dependencies';
import { onlyAllows } from '../errors';
import { expectNoQuery } from '../parse';

export function statsRoutes({ store }: ApiDependencies): Router {
  const router = Router();

  router
    .route('/stats')
    .get(async (request, response) => {
      expectNoQuery(request);
      const [totals, oldestMs] = await Promise.all([readTotals(store.db), oldestPendingMs(store.db)]);
      response.json({
        events: totals.states,
        quarantined: totals.of('quarantined'),
        duplicates: totals.of('duplicates'),
        oldest_pending_seconds: Math.max(0, Math.round((oldestMs ?? 0) / 1000)),
      });
    })
    .all(onlyAllows('GET'));

  return router;
}
