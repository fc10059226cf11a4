// What the mobile apps call: a device pulls what it has not seen yet, looks at its place, or begins again.
// Keeps the paths, fields and leniency that those apps know; their places are kept here, not in them.
import { Router } from 'express';
import { z } from 'zod';
import { isWanted, wantsAll, type AppTypes } from '../../domain/app-types';
import { pullForDevice, readDevice, resetDevice, type DeviceState } from '../../store/device-states';
import { modelsInInbox } from '../../store/events/by-model';
import type { ApiDependencies } from '../dependencies';
import { onlyAllows } from '../errors';
import { text } from '../fields';
import { deviceFields, number } from '../lenient';
import { parseBody, parseQuery } from '../parse';
import { timeOf } from '../present';
import { Problem } from '../problem';

const pullBody = z.object({
  ...deviceFields,
  app_type: text,
  models_filter: z.array(text, 'a list of models').max(200, 'up to 200 models').nullish(),
  limit: number({ least: 1, most: 500 }).nullish(),
});
const deviceQuery = z.object({ ...deviceFields, app_type: text.optional() });

export function deviceSyncRoutes({ store, appTypes }: ApiDependencies): Router {
  const router = Router();

  router
    .route('/sync/pull')
    .post(async (request, response) => {
      const asked = parseBody(pullBody, request.body);
      const patterns = patternsOf(appTypes, asked.app_type);
      // An empty list is no filter: nothing would fit it.
      const filter = asked.models_filter?.length ? asked.models_filter : null;
      const wanted = async () =>
        wantsAll(patterns, filter)
          ? null
          : (await modelsInInbox(store.db)).filter((model) => isWanted(model, patterns, filter));
      const app = { userId: asked.user_id, deviceId: asked.device_id, appType: asked.app_type };
      const { events, state } = await pullForDevice(store.db, app, wanted, asked.limit ?? 100);
      response.json({
        status: 'success',
        has_updates: events.length > 0,
        new_events_count: events.length,
        events: events.map(({ seq, model, recordId, operation, occurredAtMs }) => ({
          id: seq,
          model,
          record_id: recordId,
          event: operation,
          timestamp: timeOf(occurredAtMs),
        })),
        next_sync_token: String(state.lastSeq),
        last_sync_time: timeOf(state.lastSyncAtMs),
      });
    })
    .all(onlyAllows('POST'));

  router
    .route('/sync/state')
    .get(async (request, response) => {
      const { app_type: appType, ...asked } = parseQuery(deviceQuery, request);
      response.json(presentState(await readDevice(store.db, deviceOf(asked), appType)));
    })
    .all(onlyAllows('GET'));

  router
    .route('/sync/reset')
    .post(async (request, response) => {
      const { app_type: appType, ...asked } = parseQuery(deviceQuery, request);
      response.json(presentState(await resetDevice(store.db, deviceOf(asked), appType)));
    })
    .all(onlyAllows('POST'));

  return router;
}

function patternsOf(appTypes: AppTypes, appType: string): readonly string[] {
  const patterns = appTypes.get(appType);
  if (patterns !== undefined) return patterns;
  const known = `use one of ${[...appTypes.keys()].join(', ')}, or add it to app_types in jisr.yaml`;
  throw new Problem(400, `no app type is called "${appType}": ${known}`);
}

function deviceOf(asked: { readonly user_id: number; readonly device_id: string }) {
  return { userId: asked.user_id, deviceId: asked.device_id };
}

function presentState(state: DeviceState | null) {
  if (state === null)
    throw new Problem(
      404,
      'this device has never pulled: see user_id, device_id and app_type, or pull first',
    );
  return {
    user_id: state.userId,
    device_id: state.deviceId,
    last_event_id: state.lastSeq,
    last_sync_time: timeOf(state.lastSyncAtMs),
    sync_count: state.syncCount,
    is_active: true,
  };
}
