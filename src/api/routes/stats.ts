// The numbers of the whole bridge, from counters: never counted.
import { Router } from 'express';
import { readTotals } from '../../store/counters';
import { oldestPendingMs } from '../../store/events/read';
import type { ApiDependencies } from '../dependencies';

export function statsRoutes({ store }: ApiDependencies): Router {
  const router = Router();

  router.get('/stats', async (_request, response) => {
    const [totals, oldestMs] = await Promise.all([readTotals(store.db), oldestPendingMs(store.db)]);
    response.json({
      events: totals.states,
      quarantined: totals.of('quarantined'),
      duplicates: totals.of('duplicates'),
      oldest_pending_seconds: oldestMs === null ? 0 : Math.max(0, Math.round(oldestMs / 1000)),
    });
  });

  return router;
}
