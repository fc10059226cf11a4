// A check-up of the whole bridge, on demand. Looks at Odoo, too, so it is no probe: that is /readyz.
import { Router } from 'express';
import { isHealthy, type Finding } from '../../domain/checkups/finding';
import type { ApiDependencies } from '../dependencies';
import { checkUp } from '../doctor/checkup';
import { onlyAllows } from '../errors';
import { expectNoQuery } from '../parse';

export function doctorRoutes(dependencies: ApiDependencies): Router {
  const router = Router();
  /** Who asks meanwhile gets the same: it asks Odoo, and must cost nobody anything. */
  let underWay: Promise<readonly Finding[]> | null = null;

  router
    .route('/doctor')
    .get(async (request, response) => {
      expectNoQuery(request);
      underWay ??= checkUp(dependencies).finally(() => {
        underWay = null;
      });
      const checks = await underWay;
      response.json({ healthy: isHealthy(checks), checks });
    })
    .all(onlyAllows('GET'));

  return router;
}
