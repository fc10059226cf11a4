// The numbers for Prometheus: of the whole bridge, of this process, and of Temporal's SDK in it.
// Has a key of its own, so that whoever scrapes needs none that may act.
import { Router } from 'express';
import { METRICS_CONTENT_TYPE } from '../../metrics';
import { requireKey } from '../auth';
import { bridgeMetrics } from '../bridge-metrics';
import type { ApiDependencies } from '../dependencies';
import { onlyAllows } from '../errors';

export function metricsRoutes(dependencies: ApiDependencies): Router {
  const { metrics, sdkMetrics, adminKey, metricsKey } = dependencies;
  const router = Router();

  router
    .route('/metrics')
    .all(requireKey(adminKey, ...(metricsKey === null ? [] : [metricsKey])))
    .get(async (_request, response) => {
      const parts = await Promise.all([bridgeMetrics(dependencies), metrics.text(), sdkMetrics()]);
      response.type(METRICS_CONTENT_TYPE).send(parts.join('\n'));
    })
    .all(onlyAllows('GET'));

  return router;
}
