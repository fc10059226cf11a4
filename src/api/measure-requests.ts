// How long requests take, by the template of their route: what a caller writes into a path makes no label.
import type { Request, RequestHandler } from 'express';
import type { Metrics } from '../metrics';

/** It lasts as long as its reader stays, which is no time to answer. */
const STREAM = '/api/v1/events/stream';
const MOUNTS = ['/api/v1', '/api/v2'];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

export function measureRequests(metrics: Metrics): RequestHandler {
  return (request, response, next) => {
    const startedNs = process.hrtime.bigint();
    response.once('finish', () => {
      const route = routeOf(request);
      if (route === STREAM) return;
      const seconds = Number(process.hrtime.bigint() - startedNs) / 1e9;
      const method = METHODS.includes(request.method) ? request.method : 'other';
      metrics.requests.observe({ method, route, status: response.statusCode }, seconds);
    });
    next();
  };
}

/** `none` where no route was reached: a wrong path, or no key. */
function routeOf({ route, originalUrl, params }: Request): string {
  const reached: unknown = route;
  if (typeof reached !== 'object' || reached === null || !('path' in reached)) return 'none';
  const templates: readonly unknown[] = [reached.path].flat();
  // Of several the one with the parameters that the request has.
  const isIts = (template: unknown): template is string =>
    typeof template === 'string' && Object.keys(params).every((name) => template.includes(`:${name}`));
  const template = templates.find(isIts);
  if (template === undefined) return 'none';
  // Where a router is mounted, Express has forgotten when an error has left it.
  const mount = MOUNTS.find((path) => originalUrl.startsWith(`${path}/`)) ?? '';
  return template.startsWith(mount) ? template : mount + template;
}
