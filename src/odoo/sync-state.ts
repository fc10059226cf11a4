// The calls about Odoo's table of devices: how far each has come.
// Must never send an update without last_event_id: Odoo takes it for 0, and the device begins again.
import type { OdooReply } from '../domain/failure';
import type { OdooHttp } from './http';
import { requireInteger } from './require-integer';

export interface OdooDevice {
  readonly userId: number;
  /** At least 3 characters. */
  readonly deviceId: string;
  /** One that Odoo knows, such as `manager_app`. */
  readonly appType: string;
  readonly deviceInfo: string;
  readonly appVersion: string;
}

export interface DeviceProgress extends Pick<OdooDevice, 'userId' | 'deviceId'> {
  readonly lastEventId: number;
  /** Added to what Odoo has counted. */
  readonly eventsSynced: number;
}

export interface SyncStateCalls {
  /**
   * Notes how far a device has come; `unknown` when Odoo has no such device.
   *
   * @throws RangeError on a last id that is no positive integer
   */
  updateSyncState(progress: DeviceProgress, signal?: AbortSignal): Promise<OdooReply<'noted' | 'unknown'>>;
  /** Makes a device, or overwrites what is known of it but for its place. */
  registerDevice(device: OdooDevice, signal?: AbortSignal): Promise<OdooReply<'registered'>>;
}

/** @param readTimeoutMs how long Odoo may be silent */
export function createSyncStateCalls(http: OdooHttp, readTimeoutMs: number): SyncStateCalls {
  const post = { method: 'POST', withKey: true, readTimeoutMs } as const;
  return {
    async updateSyncState({ userId, deviceId, lastEventId, eventsSynced }, signal) {
      requireInteger('lastEventId', lastEventId, 1, Number.MAX_SAFE_INTEGER);
      requireInteger('eventsSynced', eventsSynced, 0, Number.MAX_SAFE_INTEGER);
      const body = {
        user_id: userId,
        device_id: deviceId,
        last_event_id: lastEventId,
        events_synced: eventsSynced,
      };
      const reply = await http.call({ ...post, path: '/api/webhooks/sync-state/update', body }, signal);
      if (reply.kind === 'ok') return { kind: 'ok', value: 'noted' };
      // A 404 in JSON is the addon's own word; other 404s have other codes.
      const { code, httpStatus } = reply.failure;
      const isUnknown = code === 'odoo-request-refused' && httpStatus === 404;
      return isUnknown ? { kind: 'ok', value: 'unknown' } : reply;
    },

    async registerDevice({ userId, deviceId, appType, deviceInfo, appVersion }, signal) {
      const body = {
        user_id: userId,
        device_id: deviceId,
        app_type: appType,
        device_info: deviceInfo,
        app_version: appVersion,
      };
      const reply = await http.call({ ...post, path: '/api/webhooks/sync-state', body }, signal);
      return reply.kind === 'ok' ? { kind: 'ok', value: 'registered' } : reply;
    },
  };
}
