// What is said to Odoo's table of devices, against the simulated Odoo.
import { createOdooClient, type OdooClient } from '../../src/odoo/client';
import { startSimulator } from '../../src/simulator/simulator';
import type { Simulator } from '../../src/simulator/simulator-types';

let odoo: Simulator;
let client: OdooClient;

beforeEach(async () => {
  odoo = await startSimulator();
  client = createOdooClient({ baseUrl: odoo.url, apiKey: 'lab-key' });
});
afterEach(async () => {
  await client.close();
  await odoo.close();
});

const PROGRESS = { userId: 2, deviceId: 'jisr-main', lastEventId: 7, eventsSynced: 3 };
const DEVICE = {
  userId: 2,
  deviceId: 'jisr-main',
  appType: 'manager_app',
  deviceInfo: 'Jisr',
  appVersion: '1',
};

test('a device is unknown until it is registered, and its place is what was said last', async () => {
  expect(await client.updateSyncState(PROGRESS)).toEqual({ kind: 'ok', value: 'unknown' });
  expect(await client.registerDevice(DEVICE)).toEqual({ kind: 'ok', value: 'registered' });
  expect(await client.updateSyncState(PROGRESS)).toEqual({ kind: 'ok', value: 'noted' });
  expect(await client.updateSyncState({ ...PROGRESS, lastEventId: 9 })).toMatchObject({ kind: 'ok' });
  // Registering again leaves the place.
  await client.registerDevice(DEVICE);
  const path = '/api/webhooks/sync-state?user_id=2&device_id=jisr-main&app_type=manager_app';
  const answer = await fetch(`${odoo.url}${path}`, { headers: { 'x-api-key': 'lab-key' } });
  expect(await answer.json()).toMatchObject({ sync_state: { last_event_id: 9, sync_count: 2 } });
});

test.each([0, -1, 1.5, NaN])('a last id of %s is never sent: Odoo would begin again', async (lastEventId) => {
  await expect(client.updateSyncState({ ...PROGRESS, lastEventId })).rejects.toThrow(/lastEventId/);
  expect(odoo.requests.counts()['sync-state/update']).toBe(0);
});

test('a user whom Odoo does not know is a failure that says so', async () => {
  expect(await client.registerDevice({ ...DEVICE, userId: 999 })).toMatchObject({
    kind: 'failed',
    failure: { code: 'odoo-server-error', httpStatus: 500 },
  });
});
