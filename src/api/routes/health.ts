// For supervisors and load balancers: alive, and making progress.
// Asks for no key, so nothing secret may be in the answer.
import { Router } from 'express';
import type { ApiDependencies } from '../dependencies';
import { onlyAllows } from '../errors';
import { checkReadiness } from '../readiness';

export function healthRoutes(dependencies: ApiDependencies): Router {
  const router = Router();

  router
    .route('/healthz')
    .get((_request, response) => {
      response.json({ alive: true });
    })
    .all(onlyAllows('GET'));

  router
    .route('/readyz')
    .get(async (_request, response) => {
      const checks = await checkReadiness(dependencies);
      const ready = Object.values(checks).every((check) => check.ok);
      response.status(ready ? 200 : 503).json({ ready, checks });
    })
    .all(onlyAllows('GET'));

  return router;
}
