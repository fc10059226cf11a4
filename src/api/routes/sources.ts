// Sources and their syncing: look, pause, resume, pull now, set interval and page size.
import { Router } from 'express';
import { z } from 'zod';
import type { ApiDependencies, ApiSource } from '../dependencies';
import { Problem } from '../problem';
import { bodyOf } from '../query';
import { sourceView } from '../source-view';

const pauseBody = z.strictObject({ reason: z.string().max(500, 'at most 500 characters').optional() });
const INTERVAL = 'a whole number of ms from 100 to 86400000';
const LIMIT = 'a whole number from 1 to 1000';
const settingsBody = z
  .strictObject({
    interval_ms: z.int(INTERVAL).min(100, INTERVAL).max(86_400_000, INTERVAL).optional(),
    limit: z.int(LIMIT).min(1, LIMIT).max(1_000, LIMIT).optional(),
  })
  .refine((body) => Object.keys(body).length > 0, 'interval_ms, limit or both');

export function sourceRoutes(dependencies: ApiDependencies): Router {
  const { control, sources } = dependencies;
  const router = Router();
  const find = (name: string): ApiSource => {
    const source = sources.find((known) => known.name === name);
    if (source !== undefined) return source;
    throw new Problem(404, `no source is called "${name}": GET /api/v1/sources lists them`);
  };
  const findPulled = (name: string): ApiSource => {
    const source = find(name);
    if (source.pull !== null) return source;
    throw new Problem(409, `source "${name}" only pushes: set its URL and key, then restart`);
  };

  router.get('/sources', async (_request, response) => {
    const views = await Promise.all(sources.map((source) => sourceView(dependencies, source)));
    response.json({ sources: views, next: null });
  });

  router.get('/sources/:name', async (request, response) => {
    response.json(await sourceView(dependencies, find(request.params.name)));
  });

  router.patch('/sources/:name', async (request, response) => {
    const source = findPulled(request.params.name);
    const { interval_ms: intervalMs, limit } = bodyOf(settingsBody, request.body);
    await control.configureSource(source, {
      ...(intervalMs === undefined ? {} : { intervalMs }),
      ...(limit === undefined ? {} : { limit }),
    });
    response.json(await sourceView(dependencies, source));
  });

  router.post('/sources/:name/pause', async (request, response) => {
    const source = findPulled(request.params.name);
    await control.pauseSource(source, bodyOf(pauseBody, request.body).reason ?? null);
    response.json(await sourceView(dependencies, source));
  });

  router.post('/sources/:name/resume', async (request, response) => {
    const source = findPulled(request.params.name);
    await control.resumeSource(source);
    response.json(await sourceView(dependencies, source));
  });

  router.post('/sources/:name/pull', async (request, response) => {
    const source = findPulled(request.params.name);
    const { state } = await control.pullStatus(source);
    if (state === 'paused') throw new Problem(409, `source "${source.name}" is paused: resume it first`);
    await control.pullNow(source);
    response.status(202).json(await sourceView(dependencies, source));
  });

  return router;
}
