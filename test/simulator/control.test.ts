// The control API, by which another process drives and judges the simulator.

import { createServer } from 'node:http';

import { createControlApp } from '../../src/simulator/control-app';
import { Listener } from '../../src/simulator/listener';
import { startSimulator } from '../../src/simulator/simulator';
import type { Simulator } from '../../src/simulator/simulator-types';
import { PushReceiver } from './push-receiver';
import { mark, pull, pulledIds } from './wire-client';

let odoo: Simulator;
let control: Listener;
beforeEach(async () => {
  odoo = await startSimulator();
  control = new Listener(() => createServer(createControlApp(odoo)), '127.0.0.1', 0);
  await control.start();
});
afterEach(async () => {
  await control.stop();
  await odoo.close();
});

async function ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${control.url}/simulator/${path}`, {
    method,
    headers: { 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

test('many changes at once, and what is still unmarked of them', async () => {
  const made = await ask('POST', 'changes', { count: 5, each: { model: 'sale.order', priority: null } });
  expect(made.body).toMatchObject({ count: 5, first: { pullId: 1, priority: null }, last: { pullId: 5 } });
  await pull(odoo);
  await mark(odoo, [1, 2, 3]);
  expect((await ask('GET', 'ledger/unmarked')).body).toMatchObject([
    { change: { pullId: 4 }, served: 1 },
    { change: { pullId: 5 } },
  ]);
  expect((await ask('GET', 'ledger/unmarked?afterSerial=4&limit=1')).body).toMatchObject([
    { change: { serial: 5 } },
  ]);
  expect((await ask('GET', 'ledger')).body).toMatchObject({ changes: 5, marked: 3, unmarked: 2 });
  expect((await ask('GET', 'ledger/payloads/1')).body).toEqual(odoo.ledger.payloadOf(1));
});

test('faults are set as they are listed, and a wrong one is refused with its place', async () => {
  const faults = [{ kind: 'slow', delayMs: 1, endpoints: ['pull'], times: 2 }, { kind: 'older-addon' }];
  expect((await ask('PUT', 'faults', faults)).body).toEqual(faults);
  expect((await ask('GET', 'faults')).body).toEqual(faults);
  const refused = await ask('PUT', 'faults', [{ kind: 'slow' }]);
  expect(refused).toMatchObject({
    status: 400,
    body: { error: expect.stringContaining('[0].delayMs') as string },
  });
});

test('an outage can be made while the control API stays', async () => {
  await ask('POST', 'changes', { count: 1 });
  await ask('POST', 'stop');
  await expect(pull(odoo)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  await ask('POST', 'start');
  expect(await pulledIds(odoo)).toEqual([1]);
});

test('late commits, deletions, resets and keys', async () => {
  await ask('POST', 'late-commits', { model: 'res.partner' });
  await ask('POST', 'changes', { count: 2 });
  expect((await ask('DELETE', 'rows/2')).body).toEqual({ deleted: true });
  expect((await ask('POST', 'late-commits/1/commit')).body).toMatchObject({ fate: { state: 'visible' } });
  expect(await pulledIds(odoo)).toEqual([1, 3]);
  await ask('POST', 'reset-ids');
  expect(await pulledIds(odoo)).toEqual([]);
  await ask('PUT', 'key', { key: 'other' });
  expect((await pull(odoo)).status).toBe(401);
  expect((await ask('GET', 'requests')).body).toMatchObject({
    counts: { pull: 3 },
    answers: { 'pull 401': 1 },
  });
});

test('pushes, their cron, a connection test and a test event', async () => {
  const receiver = new PushReceiver();
  await receiver.start();
  const target = { url: receiver.url, credentials: { kind: 'bearer', token: 't' }, cronEveryMs: null };
  expect((await ask('PUT', 'push', { target: { ...target, shape: 'letter' } })).status).toBe(400);
  await ask('PUT', 'push', { target });
  expect((await ask('POST', 'connection-test')).body).toEqual({ statuses: [200, 200] });
  expect((await ask('POST', 'test-event', { model: 'res.partner' })).body).toMatchObject({ eventId: 1 });
  await ask('POST', 'changes', { count: 2, each: { model: 'res.partner', push: 'builder' } });
  await ask('POST', 'cron');
  await ask('POST', 'changes', { count: 1, each: { model: 'res.partner' } });
  expect((await ask('POST', 'pushes-idle')).body).toEqual({ idle: true });
  expect((await ask('GET', 'ledger')).body).toMatchObject({ pushes: 3, pushAnswered200: 3 });
  expect((await ask('GET', 'ledger/entries?afterSerial=2')).body).toMatchObject([
    { pushes: [{ shape: 'instant', eventId: 4, status: 200 }] },
  ]);
  await ask('PUT', 'push', { target: null });
  await receiver.stop();
});
