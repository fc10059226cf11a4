// The simulator as a process of its own: what it prints, and that it ends.
// Never leaves it running: it was forked, so it also ends with the process of this test.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { PushReceiver } from './push-receiver';

const MAIN = join(__dirname, '../../src/simulator/main.ts');
const HOOK = join(__dirname, '../typescript-hook.cjs');

const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

const run = (...options: string[]): ChildProcess => {
  const child = fork(MAIN, options, { execArgv: ['-r', HOOK], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  children.push(child);
  return child;
};

interface Places {
  readonly odoo: string;
  readonly control: string;
}

async function started(...options: string[]): Promise<{ child: ChildProcess; places: Places }> {
  const child = run('--port', '0', '--control-port', '0', ...options);
  const [line] = (await once(child.stdout!, 'data')) as [Buffer];
  return { child, places: JSON.parse(line.toString()) as Places };
}

const exitCode = async (child: ChildProcess): Promise<unknown> =>
  ((await once(child, 'exit')) as unknown[])[0];

test('its first line says where Odoo and its control are, and both answer', async () => {
  const { places } = await started('--rows', '3', '--key', 'k', '--push-offset', '10', '--pace');
  const pulled = await fetch(`${places.odoo}/api/webhooks/pull`, { headers: { 'X-API-Key': 'k' } });
  expect(await pulled.json()).toMatchObject({ count: 3, last_id: 3 });
  const ledger = await fetch(`${places.control}/ledger`);
  expect(await ledger.json()).toMatchObject({ changes: 3, served: 3, unmarked: 3 });
  const entries = await fetch(`${places.control}/ledger/entries?limit=1`);
  expect(await entries.json()).toMatchObject([{ change: { pullId: 1, pushId: 11 } }]);
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends it well', async (signal) => {
  const { child } = await started();
  child.kill(signal);
  expect(await exitCode(child)).toBe(0);
});

test('it ends with the process that forked it', async () => {
  const { child } = await started();
  child.disconnect();
  expect(await exitCode(child)).toBe(0);
});

test('a port that is taken ends it, and is named', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const child = run('--port', '0', '--control-port', String(port));
  const words = text(child.stderr!);
  expect(await exitCode(child)).toBe(2);
  other.close();
  expect(await words).toContain(`http://127.0.0.1:${port}; choose another port`);
});

test('an option that is no number ends it with what it takes', async () => {
  const child = run('--port', '0', '--control-port', '0', '--rows', 'many');
  const words = text(child.stderr!);
  expect(await exitCode(child)).toBe(2);
  expect(await words).toMatch(/--rows takes a whole number, not "many"[^]*--control-port/);
});

test('it pushes where it is told to', async () => {
  const receiver = new PushReceiver();
  await receiver.start();
  const { places } = await started('--push-url', receiver.url, '--push-token', 't', '--push-shape', 'batch');
  await fetch(`${places.control}/changes`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"count": 3, "each": {"operation": "create"}}',
  });
  await fetch(`${places.control}/pushes-idle`, { method: 'POST' });
  expect(receiver.received).toMatchObject([
    { headers: { Authorization: 'Bearer t' }, body: { batch: true } },
  ]);
  await receiver.stop();
});
