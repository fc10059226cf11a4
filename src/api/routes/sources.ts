// Sources and their syncing: look, pause, resume, pull now, set interval and page size.
// Never pulls itself: it tells the source's workflow.
import { Router } from 'express';
import { z } from 'zod';
import { SYNC_BOUNDS } from '../../domain/sync';
import { readModels, type ModelState } from '../../store/sync-states';
import type { ApiDependencies, ApiSource } from '../dependencies';
import { onlyAllows } from '../errors';
import { cursorTo, pageFields, reason, whole } from '../fields';
import { expectNoQuery, parseBody, parseQuery } from '../parse';
import { timeOf } from '../present';
import { Problem } from '../problem';
import { reconciliationView } from '../reconciliation-view';
import { sourceView } from '../source-view';

const listQuery = z.strictObject(pageFields);
const pauseBody = z.strictObject({ reason });
const settingsBody = z
  .strictObject({
    interval_ms: whole('a whole number of ms', SYNC_BOUNDS.intervalMs).optional(),
    limit: whole('a whole number', SYNC_BOUNDS.limitRows).optional(),
  })
  .refine((body) => Object.keys(body).length > 0, 'interval_ms, limit or both');

export function sourceRoutes(dependencies: ApiDependencies): Router {
  const { control, sources } = dependencies;
  const router = Router();

  router
    .route('/sources')
    .get(async (request, response) => {
      const { limit, cursor: from = 0 } = parseQuery(listQuery, request);
      const end = from + limit;
      const page = sources.slice(from, end).map((source) => sourceView(dependencies, source));
      const next = end < sources.length ? cursorTo(end) : null;
      response.json({ sources: await Promise.all(page), next });
    })
    .all(onlyAllows('GET'));

  router
    .route('/sources/:name')
    .get(async (request, response) => {
      expectNoQuery(request);
      const source = find(sources, request.params.name);
      const [view, models] = await Promise.all([
        sourceView(dependencies, source),
        readModels(dependencies.store.db, source.name),
      ]);
      response.json({ ...view, models: models.map(presentModel) });
    })
    .patch(async (request, response) => {
      expectNoQuery(request);
      const source = findPulled(sources, request.params.name);
      const { interval_ms: intervalMs, limit } = parseBody(settingsBody, request.body);
      await control.configureSource(source, {
        ...(intervalMs === undefined ? {} : { intervalMs }),
        ...(limit === undefined ? {} : { limit }),
      });
      response.json(await sourceView(dependencies, source));
    })
    .all(onlyAllows('GET', 'PATCH'));

  router
    .route('/sources/:name/reconciliation')
    .get(async (request, response) => {
      expectNoQuery(request);
      response.json(await reconciliationView(dependencies, find(sources, request.params.name)));
    })
    .all(onlyAllows('GET'));

  router
    .route('/sources/:name/pause')
    .post(async (request, response) => {
      expectNoQuery(request);
      const source = findPulled(sources, request.params.name);
      await control.pauseSource(source, parseBody(pauseBody, request.body).reason ?? null);
      response.json(await sourceView(dependencies, source));
    })
    .all(onlyAllows('POST'));

  router
    .route('/sources/:name/resume')
    .post(async (request, response) => {
      expectNoQuery(request);
      const source = findPulled(sources, request.params.name);
      await control.resumeSource(source);
      response.json(await sourceView(dependencies, source));
    })
    .all(onlyAllows('POST'));

  router
    .route('/sources/:name/pull')
    .post(async (request, response) => {
      expectNoQuery(request);
      const source = findPulled(sources, request.params.name);
      const { state } = await control.pullStatus(source);
      if (state === 'paused') throw new Problem(409, `source "${source.name}" is paused: resume it first`);
      await control.pullNow(source);
      response.status(202).json(await sourceView(dependencies, source));
    })
    .all(onlyAllows('POST'));

  return router;
}

function presentModel(model: ModelState) {
  return {
    model: model.model,
    events: model.events,
    last_event: model.lastEventKey,
    last_occurred_at: timeOf(model.lastOccurredAtMs),
    last_received_at: timeOf(model.lastReceivedAtMs),
  };
}

function find(sources: readonly ApiSource[], name: string): ApiSource {
  const source = sources.find((known) => known.name === name);
  if (source !== undefined) return source;
  throw new Problem(404, `no source is called "${name}": GET /api/v1/sources lists them`);
}

function findPulled(sources: readonly ApiSource[], name: string): ApiSource {
  const source = find(sources, name);
  if (source.pull !== null) return source;
  throw new Problem(409, `source "${name}" only pushes: configure its URL and key, then restart Jisr`);
}
