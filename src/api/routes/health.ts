// For supervisors and load balancers: alive, and making progress. No key, and nothing secret in the answer.
import { Router } from 'express';
import type { ApiDependencies } from '../dependencies';
import { checkReadiness } from '../readiness';

export function healthRoutes(dependencies: ApiDependencies): Router {
  const router = Router();

  router.get('/healthz', (_request, response) => {
    response.json({ alive: true });
  });

  router.get('/readyz', async (_request, response) => {
    const checks = await checkReadiness(dependencies);
    const ready = Object.values(checks).every((check) => check.ok);
    response.status(ready ? 200 : 503).json({ ready, checks });
  });

  return router;
}
