// Gives every request its id and its line in the log.
// Never logs a header, a query or a body: they hold keys and payloads.
import { randomUUID } from 'node:crypto';
import { pinoHttp, type HttpLogger } from 'pino-http';
import type { Logger } from '../logger';

/** A caller's own id is taken over when it cannot hurt a log. */
const SANE_REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;

export function requestLog(logger: Logger): HttpLogger {
  return pinoHttp({
    logger,
    genReqId: (request, response) => {
      const given = request.headers['x-request-id'];
      const id = typeof given === 'string' && SANE_REQUEST_ID.test(given) ? given : randomUUID();
      response.setHeader('X-Request-Id', id);
      return id;
    },
    // 503 says that another part is away or late, which is no fault of ours; probes get it every few seconds.
    customLogLevel: (_request, { statusCode }) =>
      statusCode < 500 ? 'debug' : statusCode === 503 ? 'warn' : 'error',
    customAttributeKeys: { err: 'error', responseTime: 'duration_ms' },
    serializers: {
      req: ({ id, method, url }: { id: string; method: string; url: string }) => ({
        id,
        method,
        path: url.split('?')[0],
      }),
      res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
      error: ({ message }: { message: string }) => message,
    },
  });
}
