// Processing as a whole: paused, events are accepted and wait.
import { Router } from 'express';
import { z } from 'zod';
import { writeProcessingSettings } from '../../store/settings';
import type { ApiDependencies } from '../dependencies';
import { bodyOf } from '../query';

const pauseBody = z.strictObject({ reason: z.string().max(500, 'at most 500 characters').optional() });

export function processingRoutes({ store, control }: ApiDependencies): Router {
  const router = Router();

  // The store first: every starter reads the pause there, so it holds even while Temporal is away.
  router.post('/processing/pause', async (request, response) => {
    const reason = bodyOf(pauseBody, request.body).reason ?? null;
    await writeProcessingSettings(store.db, { paused: true, reason });
    await control.pauseProcessing(reason);
    response.json({ state: 'paused', reason });
  });

  router.post('/processing/resume', async (_request, response) => {
    await writeProcessingSettings(store.db, { paused: false, reason: null });
    await control.resumeProcessing();
    response.json({ state: 'running', reason: null });
  });

  return router;
}
