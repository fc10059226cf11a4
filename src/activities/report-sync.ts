// Tells Odoo how far pulling has come, as the device `jisr-<source>` of a user. One try: the workflow reports again.
import type { SyncReport } from '../contracts/activities';
import type { OdooReply } from '../domain/failure';
import type { OdooClient } from '../odoo/client';
import { OdooCallFailed } from './failures';

/** Below what the workflow gives it, so that the reason is known. */
const WITHIN_MS = 20_000;
const APP_TYPE = 'manager_app';

export async function reportSync(
  client: OdooClient,
  { userId, version }: { readonly userId: number; readonly version: string },
  { source, lastEventId, eventsSynced }: SyncReport,
): Promise<void> {
  const signal = AbortSignal.timeout(WITHIN_MS);
  const device = { userId, deviceId: `jisr-${source}` };
  const progress = { ...device, lastEventId, eventsSynced };
  if (valueOf(await client.updateSyncState(progress, signal)) === 'noted') return;
  const about = { appType: APP_TYPE, deviceInfo: `Jisr, source ${source}`, appVersion: version };
  valueOf(await client.registerDevice({ ...device, ...about }, signal));
  if (valueOf(await client.updateSyncState(progress, signal)) === 'unknown')
    throw new Error('Odoo registers the device and does not know it then: check the sync states in Odoo');
}

function valueOf<T>(reply: OdooReply<T>): T {
  if (reply.kind === 'failed') throw new OdooCallFailed(reply.failure);
  return reply.value;
}
