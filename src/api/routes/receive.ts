// The endpoint that Odoo pushes to. It has its own credentials, per source; Content-Type is never a reason to
// refuse (one real path sends JSON as text/plain), and a query string is ignored.
import express, { Router, type Request, type RequestHandler } from 'express';
import type { ApiDependencies, ApiSource } from '../dependencies';
import { onlyAllows } from '../errors';
import { Problem } from '../problem';
import { admitPushes } from '../receive/admission';
import { createPushAuth, type PushAuth } from '../receive/credentials';
import { createReceiver } from '../receive/receive';
import { tracePushes } from '../trace-pushes';

const OF_THE_FIRST = '/api/v1/webhooks/receive';
const OF_ONE = `${OF_THE_FIRST}/:source`;

export function receiveRoutes(dependencies: ApiDependencies): Router {
  const { store, sources, intake, starts, burst, bell, limits, tracing, nowMs } = dependencies;
  const receive = createReceiver({ db: store.db, intake, starts, bell });
  const auths = new Map(sources.map((source) => [source.name, createPushAuth(source.push)]));
  const sourceOf = (request: Request) => find(sources, request.params['source']);

  const authenticate: RequestHandler = (request, _response, next) => {
    const source = sourceOf(request);
    if (!isAllowed(auths.get(source.name), request)) throw refused(source);
    next();
  };

  const router = Router();
  router
    .route([OF_THE_FIRST, OF_ONE])
    // Odoo's connection test asks so first, without credentials.
    .head((request, response) => {
      sourceOf(request);
      response.status(200).end();
    })
    .post(
      // Before the body is read: who has no credentials costs no memory.
      authenticate,
      ...(tracing === null ? [] : [tracePushes(tracing, routeOf)]),
      admitPushes(store.db, limits, burst, nowMs),
      express.raw({ type: () => true, limit: limits.maxBodyBytes }),
      async (request, response) => {
        const body: unknown = request.body;
        const { intake: source } = sourceOf(request);
        response.json(await receive(source, Buffer.isBuffer(body) ? body : Buffer.alloc(0)));
      },
    )
    .all(onlyAllows('POST', 'HEAD'));
  return router;
}

function routeOf({ params }: Request): string {
  return params['source'] === undefined ? OF_THE_FIRST : OF_ONE;
}

function isAllowed(auth: PushAuth | undefined, { headers }: Request): boolean {
  return auth?.(headers) === true;
}

function refused({ name, push }: ApiSource): Problem {
  const detail =
    push === null
      ? `source "${name}" takes no pushes: set ODOO_PUSH_API_KEY or ODOO_PUSH_BASIC (jisr.yaml: push_api_key, push_basic), then restart`
      : 'the credentials are missing or wrong: give Odoo the key that is configured for its pushes';
  return new Problem(401, detail, {
    headers: { 'WWW-Authenticate': 'Bearer realm="jisr pushes", Basic realm="jisr pushes"' },
  });
}

/** The first source when the path names none. */
function find(sources: readonly ApiSource[], name: string | readonly string[] | undefined): ApiSource {
  const source = name === undefined ? sources[0] : sources.find((known) => known.name === name);
  if (source !== undefined) return source;
  throw new Problem(404, 'no source has this name: see the end of the path, and jisr.yaml');
}
