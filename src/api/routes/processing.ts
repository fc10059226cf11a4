// Processing as a whole: paused, events are accepted and wait. Never decides what runs: the dispatcher does.
import { Router } from 'express';
import { z } from 'zod';
import { BridgeUnavailable } from '../../control/ask';
import {
  readProcessingSettings,
  writeProcessingSettings,
  type ProcessingSettings,
} from '../../store/settings';
import type { ApiDependencies } from '../dependencies';
import { onlyAllows } from '../errors';
import { reason } from '../fields';
import { expectNoQuery, parseBody } from '../parse';

const pauseBody = z.strictObject({ reason });

export function processingRoutes({ store, control, log }: ApiDependencies): Router {
  const router = Router();

  /**
   * In the store: the dispatcher and whoever else starts runs read it there before each look, so what is set
   * holds while Temporal is away (then 202 instead of 200: waking only makes it quicker). Never by the
   * dispatcher's own signals, which may wait there for a worker and undo what was set after them.
   */
  async function set(wanted: ProcessingSettings) {
    await writeProcessingSettings(store.db, wanted);
    const body = bodyOf(wanted);
    const told = await control.wakeDispatcher().then(() => true, unlessUnavailable);
    if (!told)
      log.warn({ state: body.state }, 'processing was set in the store; the dispatcher could not be told');
    return { status: told ? 200 : 202, body };
  }

  router
    .route('/processing')
    .get(async (request, response) => {
      expectNoQuery(request);
      response.json(bodyOf(await readProcessingSettings(store.db)));
    })
    .all(onlyAllows('GET'));

  router
    .route('/processing/pause')
    .post(async (request, response) => {
      expectNoQuery(request);
      const { reason: why = null } = parseBody(pauseBody, request.body);
      const { status, body } = await set({ paused: true, reason: why });
      response.status(status).json(body);
    })
    .all(onlyAllows('POST'));

  router
    .route('/processing/resume')
    .post(async (request, response) => {
      expectNoQuery(request);
      const { status, body } = await set({ paused: false, reason: null });
      response.status(status).json(body);
    })
    .all(onlyAllows('POST'));

  return router;
}

function bodyOf({ paused, reason: why }: ProcessingSettings) {
  return { state: paused ? 'paused' : 'running', reason: why };
}

function unlessUnavailable(error: unknown): false {
  if (error instanceof BridgeUnavailable) return false;
  throw error;
}
