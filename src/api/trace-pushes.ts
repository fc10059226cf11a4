// A span around each push, with what it starts in the same trace. A caller's own trace goes on in it, so whoever has no
// credentials must have been refused before.
import { once } from 'node:events';
import type { Request, RequestHandler } from 'express';
import { readTraceParent, TRACE_HEADER } from '../domain/trace-parent';
import type { Tracing } from '../tracing';

/** @param routeOf its template */
export function tracePushes(tracing: Tracing, routeOf: (request: Request) => string): RequestHandler {
  return (request, response, next) => {
    const attributes = { 'http.request.method': 'POST', 'http.route': routeOf(request) };
    const parent = readTraceParent(request.get(TRACE_HEADER));
    const pushed = tracing.within({ name: 'receive', kind: 'server', attributes, parent }, async (span) => {
      const closed = once(response, 'close');
      next();
      await closed;
      span.setAttribute('http.response.status_code', response.statusCode);
    });
    // `next` gives its errors to Express; nothing else can fail.
    void pushed;
  };
}
