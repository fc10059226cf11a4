// What the present clients ask before anything else: whether the service behind a path answers.
// Asks for no key, so nothing but that may be in the answer.
import { Router } from 'express';
import type { ApiDependencies } from '../dependencies';
import { onlyAllows } from '../errors';
import { timeOf } from '../present';

export function clientHealthRoutes({ store, nowMs }: ApiDependencies): Router {
  const router = Router();

  router
    .route(['/api/v1/webhooks/health', '/api/v2/sync/health'])
    .get(async (_request, response) => {
      await store.ping();
      response.json({ status: 'healthy', timestamp: timeOf(nowMs()) });
    })
    .all(onlyAllows('GET'));

  return router;
}
