// Every recorded push, made again by the simulator: the same headers and the same body.
// Never sends the recorded file itself; only the facts of the change come from it.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { NewChange } from '../../src/simulator/change-types';
import type { PushCredentials, PushShape, PushTarget } from '../../src/simulator/push/push-types';
import { startSimulator } from '../../src/simulator/simulator';
import type { SimulatorOptions } from '../../src/simulator/simulator-types';
import { PushReceiver } from './push-receiver';

const FOLDER = join(__dirname, '../fixtures/odoo/push');

const CREDENTIALS: Readonly<Record<string, PushCredentials>> = {
  bearer: { kind: 'bearer', token: 'lab-bearer-token' },
  custom_headers: { kind: 'bearer', token: 'lab-bearer-token' },
  'bearer-empty-token': { kind: 'bearer', token: '' },
  'api_key-custom-header': { kind: 'api-key', header: 'X-Bridge-Key', key: 'lab-push-key' },
  'api_key-default-header': { kind: 'api-key', key: 'lab-push-key' },
  'api_key-empty': { kind: 'api-key', key: '' },
  'basic-as-typed': { kind: 'basic', text: 'dXNlcjpwYXNz' },
  'basic-not-base64': { kind: 'basic', text: 'user:pass' },
  none: { kind: 'none' },
};

type Fields = Readonly<Record<string, unknown>>;

interface RecordedPush {
  readonly request: {
    readonly method: string;
    readonly headers: Record<string, string>;
    readonly body: Fields;
  };
}

const recorded = (name: string): RecordedPush =>
  JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as RecordedPush;

const names = [...readdirSync(FOLDER), ...readdirSync(join(FOLDER, 'auth')).map((file) => `auth/${file}`)]
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.replace('.json', ''));
const isOf = (kind: RegExp) => (name: string) => kind.test(name) && !name.includes('NO-PUSH');
const instants = names.filter(isOf(/instant-|config-unlink/));
const builders = names.filter(isOf(/builder-/));

let receiver: PushReceiver;
beforeEach(async () => {
  receiver = new PushReceiver();
  await receiver.start();
});
afterEach(() => receiver.stop());

function target(name: string, shape: PushShape): PushTarget {
  const kind = /^auth\/\w+?-(.*)$/.exec(name)?.[1] ?? 'bearer';
  const credentials = CREDENTIALS[kind];
  if (credentials === undefined) throw new Error(`${name} has credentials that are not in the table`);
  const contentType = kind === 'custom_headers' ? { contentType: 'text/plain' } : {};
  return { url: receiver.url, credentials, shape, ...contentType };
}

async function made(options: SimulatorOptions, changes: readonly NewChange[]): Promise<void> {
  const odoo = await startSimulator({ pushUnlinks: true, ...options });
  for (const change of changes) odoo.change(change);
  await odoo.pushesIdle();
  await odoo.close();
}

/** The order of the fields counts too: JSON text, not an object. */
function expectRecorded(name: string): void {
  const { request } = recorded(name);
  expect(receiver.received).toHaveLength(1);
  expect(receiver.received[0]?.headers).toEqual(request.headers);
  expect(JSON.stringify(receiver.received[0]?.body)).toBe(JSON.stringify(request.body));
}

const atMs = (timestamp: unknown): number => Date.parse(`${String(timestamp)}Z`);

function changeOf(event: Fields, payload: unknown): NewChange {
  return {
    model: event['model'],
    recordId: event['record_id'],
    operation: event['event'] ?? event['event_type'],
    payload,
    priority: event['priority'],
    category: event['category'],
    occurredAtMs: atMs(event['timestamp']),
  } as NewChange;
}

test('every recorded push is made again', () => {
  const others = [
    '01-connection-test-1-HEAD',
    '01-connection-test-2-POST',
    '23-batch',
    '25-config-test-event',
  ];
  const unsent = ['10-rule-unlink-res.partner', '11-rule-unlink-mail.message', 'auth/instant-api_key-empty'];
  const known = [...instants, ...builders, ...others, ...unsent.map((name) => `${name}-NO-PUSH`)];
  expect([...known].sort()).toEqual([...names].sort());
});

test.each(instants)('%s', async (name) => {
  const { _webhook_metadata: metadata, ...payload } = recorded(name).request.body;
  const event = metadata as Fields & { event_id: number };
  await made({ firstPullId: event.event_id, push: target(name, 'instant') }, [changeOf(event, payload)]);
  expectRecorded(name);
});

test.each(builders)('%s', async (name) => {
  const event = recorded(name).request.body as Fields & { event_id: number };
  await made({ firstPullId: event.event_id, push: target(name, 'builder') }, [
    changeOf(event, event['data']),
  ]);
  expectRecorded(name);
});

test('23-batch', async () => {
  const { body } = recorded('23-batch').request;
  const events = body['events'] as (Fields & { event_id: number })[];
  await made(
    {
      firstPullId: events[0]!.event_id,
      push: target('23-batch', 'batch'),
      now: () => atMs(body['timestamp']),
    },
    events.map((event) => changeOf(event, event['data'])),
  );
  expectRecorded('23-batch');
});

test('25-config-test-event', async () => {
  const { body } = recorded('25-config-test-event').request;
  const odoo = await startSimulator({
    firstPullId: body['event_id'] as number,
    push: target('', 'none'),
    now: () => atMs(body['timestamp']),
  });
  odoo.change({ model: 'sale.order', recordId: 4 });
  await odoo.testEvent('sale.order');
  await odoo.close();
  expectRecorded('25-config-test-event');
});

test('01-connection-test', async () => {
  const [probe, post] = ['1-HEAD', '2-POST'].map((step) => recorded(`01-connection-test-${step}`).request);
  const odoo = await startSimulator({
    push: target('', 'none'),
    now: () => atMs(post?.body['timestamp']),
  });
  expect(await odoo.connectionTest()).toEqual([200, 200]);
  await odoo.close();
  expect(receiver.received.map(({ method, headers }) => ({ method, headers }))).toEqual(
    [probe, post].map((request) => ({ method: request?.method, headers: request?.headers })),
  );
  expect(JSON.stringify(receiver.bodies[1])).toBe(JSON.stringify(post?.body));
});

test('auth/instant-api_key-empty: the request cannot be made', async () => {
  const odoo = await startSimulator({ push: target('auth/instant-api_key-empty', 'instant') });
  odoo.change();
  await odoo.pushesIdle();
  expect(odoo.ledger.bySerial(1)?.pushes).toMatchObject([{ shape: 'instant', status: null }]);
  await odoo.close();
  expect(receiver.received).toEqual([]);
});

test.each(['res.partner', 'mail.message'])('10, 11: a rule pushes no unlink of %s', async (model) => {
  await made({ pushUnlinks: false, push: target('', 'instant') }, [{ model, operation: 'unlink' }]);
  expect(receiver.received).toEqual([]);
});
