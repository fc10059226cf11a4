// Every error on its way out: which answer it becomes. A fault of ours is logged and tells the caller nothing.
import type { ErrorRequestHandler, RequestHandler } from 'express';
import { z } from 'zod';
import { BridgeRefused, BridgeUnavailable } from '../control/bridge-control';
import type { Logger } from '../logger';
import { isOutage } from '../store/errors';
import { Problem } from './problem';

const RETRY_AFTER_SECONDS = 5;

export const notFound: RequestHandler = (request) => {
  throw new Problem(
    404,
    `there is nothing at ${request.method} ${request.path}: see docs/api.md for what there is`,
  );
};

export function answerError(log: Logger): ErrorRequestHandler {
  // Express knows an error handler by its four parameters.
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const problem = toProblem(error);
    if (problem.status === 500) log.error({ err: error, requestId: request.id }, 'request failed');
    if (problem.more.retryAfterSeconds !== undefined) {
      response.setHeader('Retry-After', problem.more.retryAfterSeconds);
    }
    response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  };
}

const httpError = z.object({ status: z.int().min(400).max(499), type: z.string() });

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof z.ZodError) {
    const errors = error.issues.map((issue) => ({ where: issue.path.join('.'), expected: issue.message }));
    return new Problem(400, 'the request is not as it should be: see `errors`', { errors });
  }
  if (error instanceof BridgeRefused) return new Problem(400, error.message);
  if (error instanceof BridgeUnavailable) return later(error.message);
  if (isOutage(error)) return later('the database does not answer: see that it is up, then try again');
  // What express itself refuses: a body that is no JSON, or too large.
  const refused = httpError.safeParse(error);
  if (refused.success) {
    const { status, type } = refused.data;
    const detail = type === 'entity.too.large' ? 'the body is larger than 64 kB' : 'the body must be JSON';
    return new Problem(status, detail);
  }
  return new Problem(500, 'this is a fault of Jisr: its log says more, by the X-Request-Id of this answer');
}

function later(detail: string): Problem {
  return new Problem(503, detail, { retryAfterSeconds: RETRY_AFTER_SECONDS });
}
