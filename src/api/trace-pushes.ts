// A span around each push, with what it starts in the same trace. A caller's own trace goes on in it.
import { once } from 'node:events';
import type { RequestHandler } from 'express';
import { readTraceParent, TRACE_HEADER } from '../domain/trace-parent';
import type { Tracing } from '../tracing';

export function tracePushes(tracing: Tracing): RequestHandler {
  return (request, response, next) => {
    if (request.method !== 'POST') {
      next();
      return;
    }
    const attributes = { 'http.request.method': 'POST', 'http.route': request.baseUrl };
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
