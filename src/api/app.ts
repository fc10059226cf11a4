// The HTTP interface: what every request passes, and the one place where errors become answers.
// Knows no route in detail; never logs a body or a key.
import { randomUUID } from 'node:crypto';
import express, { type Express } from 'express';
import helmet from 'helmet';
import { pinoHttp } from 'pino-http';
import { requireKey } from './auth';
import type { ApiDependencies } from './dependencies';
import { answerError, notFound } from './errors';
import { eventRoutes } from './routes/events';
import { healthRoutes } from './routes/health';
import { processingRoutes } from './routes/processing';
import { sourceRoutes } from './routes/sources';
import { statsRoutes } from './routes/stats';

/** A caller's own id is taken over when it cannot hurt a log. */
const SANE_REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;

export function createApp(dependencies: ApiDependencies): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(helmet());
  app.use(
    pinoHttp({
      logger: dependencies.log,
      genReqId: (request, response) => {
        const given = request.headers['x-request-id'];
        const id = typeof given === 'string' && SANE_REQUEST_ID.test(given) ? given : randomUUID();
        response.setHeader('X-Request-Id', id);
        return id;
      },
      customLogLevel: (_request, response) => (response.statusCode >= 500 ? 'error' : 'debug'),
      serializers: {
        req: ({ id, method, url }: { id: string; method: string; url: string }) => ({
          id,
          method,
          path: url.split('?')[0],
        }),
        res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
      },
    }),
  );
  app.use(healthRoutes(dependencies));
  app.use('/api', requireKey(dependencies.adminKey));
  app.use('/api', express.json({ limit: '64kb', type: () => true }));
  app.use('/api/v1', eventRoutes(dependencies));
  app.use('/api/v1', statsRoutes(dependencies));
  app.use('/api/v1', sourceRoutes(dependencies));
  app.use('/api/v1', processingRoutes(dependencies));
  app.use(notFound);
  app.use(answerError(dependencies.log));
  return app;
}
