// Every error on its way out: which answer it becomes. A fault of ours is logged and tells the caller nothing.
// Never logs what a statement carried: drizzle writes its parameters into the message of its errors.
import type { ErrorRequestHandler, RequestHandler } from 'express';
import { z } from 'zod';
import { BridgeRefused, BridgeUnavailable } from '../control/ask';
import type { Logger } from '../logger';
import { errorCodeOf, innermostMessage, isOutage } from '../store/errors';
import { Problem } from './problem';

const RETRY_AFTER_SECONDS = 5;

export const notFound: RequestHandler = (request) => {
  const what = `there is nothing at ${request.path}`;
  throw new Problem(404, `${what}: look for a typo; docs/api.md names every path`);
};

/** The last handler of a path: it gets the methods that the others did not take. */
export function onlyAllows(...methods: readonly string[]): RequestHandler {
  const allow = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ');
  return (request) => {
    const detail = `${request.method} is not possible here: use ${allow}`;
    throw new Problem(405, detail, { headers: { Allow: allow } });
  };
}

export function answerError(log: Logger): ErrorRequestHandler {
  // Express knows an error handler by its four parameters.
  return (error: unknown, request, response, next) => {
    const problem = toProblem(error);
    const [request_id, code, message] = [request.id, errorCodeOf(error), innermostMessage(error)];
    if (problem.status === 500)
      log.error({ request_id, code, error: message, stack: framesOf(error) }, 'request failed');
    else if (problem.status > 500) log.warn({ request_id, code, error: message }, 'request put off');
    if (response.headersSent) {
      next(error);
      return;
    }
    response
      .status(problem.status)
      .set(problem.extras.headers ?? {})
      .type('application/problem+json')
      .send(JSON.stringify(problem));
  };
}

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof BridgeRefused) return new Problem(400, error.message);
  if (error instanceof BridgeUnavailable) return later(error.message);
  // Before the outage: a body that was cut off has a code like a broken connection's.
  const refused = refusedByExpress(error);
  if (refused !== null) return refused;
  if (isOutage(error)) return later('the database does not answer: see that it is up, then try again');
  return new Problem(500, 'a fault of Jisr: look up the X-Request-Id in its log');
}

function later(detail: string): Problem {
  return new Problem(503, detail, { headers: { 'Retry-After': String(RETRY_AFTER_SECONDS) } });
}

const httpError = z.object({
  status: z.int().min(400).max(499),
  type: z.string().optional(),
  /** Of the body, in bytes. */
  limit: z.number().optional(),
});

/** A body or a path that express itself could not read. */
function refusedByExpress(error: unknown): Problem | null {
  const refused = httpError.safeParse(error);
  if (!refused.success) return null;
  const { status, type, limit } = refused.data;
  if (type === 'entity.too.large')
    return new Problem(status, `the body is larger than ${limit ?? 'allowed'} bytes: send less`);
  return new Problem(status, WHAT_TO_DO[type ?? 'path'] ?? 'the body did not arrive whole: send it again');
}

const WHAT_TO_DO: Readonly<Record<string, string>> = {
  'entity.parse.failed': 'the body is not a JSON object: send one, or no body',
  'encoding.unsupported': 'send the body without Content-Encoding, or with gzip, deflate or br',
  'charset.unsupported': 'send the body as UTF-8',
  path: 'the path is not percent-encoded: write a `%` as `%25`',
};

/** The stack without its first lines, which repeat the message. */
function framesOf(error: unknown): readonly string[] {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return stack.split('\n').filter((line) => line.startsWith('    at '));
}
