// /api/webhooks/sync-state, its update and its stats: the cursors that mobile devices keep in Odoo.
// Never touches the rows that pull serves.

import type { JsonObject } from '../../domain/event';
import { naiveSeconds } from '../python/json-writer';
import { isTruthy, PythonError, pythonInt } from '../python/values';
import type { PyDict, PyValue } from '../python/values';
import { APP_TYPES } from '../sync-states';
import type { SyncState } from '../sync-states';
import { refusal, success } from './answer';
import type { Answer } from './answer';
import type { Odoo } from './odoo';
import { queryError } from './query-error';
import { bodyOf, paramsOf } from './request';
import type { OdooRequest } from './request';

/** GET creates and changes as POST does: a GET without app_type writes `mobile_app` over the stored one. */
export function syncState(request: OdooRequest, odoo: Odoo): Answer {
  const params = paramsOf(request);
  const device = deviceOf(params);
  if (device === null) return refusal(400, 'user_id and device_id are required', odoo);
  failIfBroken(odoo, 'sync-state');
  const posted = request.method === 'POST';
  const state = odoo.syncStates.getOrCreate({
    ...device,
    appType: params.get('app_type') ?? 'mobile_app',
    deviceInfo: posted ? textOf(params.get('device_info')) : undefined,
    appVersion: posted ? textOf(params.get('app_version')) : undefined,
  });
  const more = posted
    ? { device_info: state.deviceInfo ?? false, app_version: state.appVersion ?? false }
    : {};
  return success({ sync_state: { ...stateBody(state), ...more } }, odoo);
}

export function updateSyncState(request: OdooRequest, odoo: Odoo): Answer {
  const params = bodyOf(request);
  const device = deviceOf(params);
  if (device === null) return refusal(400, 'user_id and device_id are required', odoo);
  failIfBroken(odoo, 'sync-state/update');
  // Left out it is 0: the cursor goes back to the start.
  const lastEventId = pythonInt(params.get('last_event_id') ?? 0);
  const eventsSynced = pythonInt(params.get('events_synced') ?? 0);
  if (lastEventId < 0) return refusal(400, 'last_event_id must be non-negative', odoo);
  const known =
    typeof device.deviceId === 'string' ? odoo.syncStates.find(device.userId, device.deviceId) : null;
  if (known === null) return refusal(404, 'Sync state not found', odoo);
  const state = odoo.syncStates.advance(known, lastEventId, eventsSynced, odoo.now());
  return success({ sync_state: { ...stateBody(state), total_events_synced: state.totalEventsSynced } }, odoo);
}

export function syncStateStats({ query }: OdooRequest, odoo: Odoo): Answer {
  const asked = query.get('user_id');
  if (asked === undefined || !isTruthy(asked)) return refusal(400, 'user_id is required', odoo);
  failIfBroken(odoo, 'sync-state/stats');
  const userId = pythonInt(asked);
  const states = odoo.syncStates.ofUser(userId);
  if (states.some((state) => state.lastSyncAtMs !== null)) {
    // A fault of the addon: it looks for the latest of a time and "no time yet".
    throw new PythonError(
      'TypeError',
      "'>' not supported between instances of 'datetime.datetime' and 'bool'",
    );
  }
  const countOf = (type: string): number => states.filter((state) => state.appType === type).length;
  return success(
    {
      stats: {
        user_id: userId,
        total_devices: states.length,
        active_devices: states.length,
        total_syncs: 0,
        total_events_synced: 0,
        last_sync_time: null,
        devices: states.map(stateBody),
        by_app_type: Object.fromEntries(APP_TYPES.map((type) => [type, countOf(type)])),
      },
    },
    odoo,
  );
}

function deviceOf(params: PyDict): { readonly userId: number; readonly deviceId: PyValue } | null {
  const userId = params.get('user_id');
  const deviceId = params.get('device_id');
  if (userId === undefined || deviceId === undefined) return null;
  if (!isTruthy(userId) || !isTruthy(deviceId)) return null;
  return { userId: pythonInt(userId), deviceId };
}

function failIfBroken(
  { faults }: Odoo,
  endpoint: 'sync-state' | 'sync-state/update' | 'sync-state/stats',
): void {
  const failed = faults.occur('query-failed', endpoint);
  if (failed !== null) throw queryError(failed);
}

function textOf(value: PyValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function stateBody(state: SyncState): JsonObject {
  return {
    id: state.id,
    user_id: state.userId,
    device_id: state.deviceId,
    app_type: state.appType,
    last_event_id: state.lastEventId,
    last_sync_time: state.lastSyncAtMs === null ? null : naiveSeconds(state.lastSyncAtMs),
    sync_count: state.syncCount,
    is_active: true,
  };
}
