// The HTTP interface: what every request passes, and in which order. Knows no route in detail.
// What needs no key, or another one, goes before `requireKey`; everything behind it is closed without it.
import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import { requireKey } from './auth';
import type { ApiDependencies } from './dependencies';
import { answerError, notFound } from './errors';
import { Problem } from './problem';
import { measureRequests } from './measure-requests';
import { requestLog } from './request-log';
import { clientEventRoutes } from './routes/client-events';
import { clientHealthRoutes } from './routes/client-health';
import { clientRetryRoutes } from './routes/client-retries';
import { deviceSyncRoutes } from './routes/device-sync';
import { deadLetterActRoutes } from './routes/dead-letter-acts';
import { deadLetterRoutes } from './routes/dead-letters';
import { deliveryRoutes } from './routes/deliveries';
import { doctorRoutes } from './routes/doctor';
import { eventActionRoutes } from './routes/event-actions';
import { eventRoutes } from './routes/events';
import { healthRoutes } from './routes/health';
import { metricsRoutes } from './routes/metrics';
import { noticeRoutes } from './routes/notices';
import { processingRoutes } from './routes/processing';
import { quarantineRoutes } from './routes/quarantine';
import { receiveRoutes } from './routes/receive';
import { replayRoutes } from './routes/replays';
import { sourceRoutes } from './routes/sources';
import { statsRoutes } from './routes/stats';
import { streamRoutes } from './routes/stream';
import { subscriptionActRoutes } from './routes/subscription-acts';
import { subscriptionRoutes } from './routes/subscriptions';

export function createApp(dependencies: ApiDependencies): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(requestLog(dependencies.log));
  app.use(measureRequests(dependencies.metrics));
  app.use(refuseNul);
  // Odoo waits for the answer, and is no browser.
  app.use(receiveRoutes(dependencies));
  app.use(helmet());
  app.use(healthRoutes(dependencies));
  app.use(clientHealthRoutes(dependencies));
  app.use(metricsRoutes(dependencies));
  app.use(requireKey(dependencies.adminKey));
  // A corrected event may be as large as one that is pushed.
  app.use('/api/v1/quarantine', express.json({ limit: dependencies.limits.maxBodyBytes, type: () => true }));
  app.use(express.json({ limit: '64kb', type: () => true }));
  // Before the events: one may have a key that reads like a path.
  app.use('/api/v1', streamRoutes(dependencies));
  app.use('/api/v1', eventRoutes(dependencies));
  app.use('/api/v1', eventActionRoutes(dependencies));
  app.use('/api/v1', statsRoutes(dependencies));
  app.use('/api/v1', sourceRoutes(dependencies));
  app.use('/api/v1', processingRoutes(dependencies));
  app.use('/api/v1', subscriptionRoutes(dependencies));
  app.use('/api/v1', subscriptionActRoutes(dependencies));
  app.use('/api/v1', deliveryRoutes(dependencies));
  app.use('/api/v1', deadLetterRoutes(dependencies));
  app.use('/api/v1', deadLetterActRoutes(dependencies));
  app.use('/api/v1', replayRoutes(dependencies));
  app.use('/api/v1', quarantineRoutes(dependencies));
  app.use('/api/v1', clientEventRoutes(dependencies));
  app.use('/api/v1', clientRetryRoutes(dependencies));
  app.use('/api/v2', deviceSyncRoutes(dependencies));
  app.use('/api/v1', noticeRoutes(dependencies));
  app.use('/api/v1', doctorRoutes(dependencies));
  app.use(notFound);
  app.use(answerError(dependencies.log));
  return app;
}

/** PostgreSQL refuses a text with NUL in it, so nothing can have such a name. */
const refuseNul: RequestHandler = (request, _response, next) => {
  if (request.url.includes('%00')) throw new Problem(400, 'leave `%00` out: nothing has it in its name');
  next();
};
