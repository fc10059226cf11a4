// The simulated Odoo pushes: when, in which order, what of it is lost, and what its ledger says.
// Never waits for a time; the shapes themselves are compared in recorded-pushes.test.ts.

import type { PushTarget } from '../../src/simulator/push/push-types';
import { startSimulator } from '../../src/simulator/simulator';
import type { Simulator } from '../../src/simulator/simulator-types';
import { PushReceiver } from './push-receiver';
import { pull, pulledIds, rowsOf } from './wire-client';

let receiver: PushReceiver;
let odoo: Simulator;
beforeEach(async () => {
  receiver = new PushReceiver();
  await receiver.start();
  odoo = await startSimulator({ push: target() });
});
afterEach(async () => {
  await odoo.close();
  await receiver.stop();
});

/** The cron runs only when a test says so. */
function target(more: Partial<PushTarget> = {}): PushTarget {
  return { url: receiver.url, credentials: { kind: 'bearer', token: 't' }, cronEveryMs: null, ...more };
}

const pushesOf = (serial: number) => odoo.ledger.bySerial(serial)?.pushes;
const eventIds = (): unknown[] => receiver.bodies.map((body) => body['event_id']);

describe('what is sent', () => {
  test('a push without its metadata is the pulled payload, in every shape', async () => {
    odoo.changeMany(20, { push: 'instant' });
    await odoo.pushesIdle();
    odoo.changeMany(20, { push: 'builder' });
    odoo.changeMany(20, { push: 'batch' });
    await odoo.runCron();
    const pulled = new Map(rowsOf(await pull(odoo)).map((row) => [row.id, row.payload]));
    const byPushId = new Map(odoo.ledger.entries().map(({ change }) => [change.pushId, change.pullId]));
    const pushed = receiver.bodies.flatMap((body) => (body['events'] ?? [body]) as Record<string, unknown>[]);
    const count = odoo.ledger.entries().filter(({ change }) => change.pushId !== null).length;
    expect(pushed).toHaveLength(count);
    for (const { _webhook_metadata: metadata, ...rest } of pushed) {
      const { event_id: id } = (metadata ?? rest) as { event_id: number };
      const payload = metadata === undefined ? rest['data'] : rest;
      expect(payload).toEqual(pulled.get(byPushId.get(id) ?? 0));
    }
  });

  test('the wire is ASCII, and holds Arabic', async () => {
    odoo.change({ model: 'res.partner', payload: { name: 'مؤسسة 🚀' } });
    await odoo.pushesIdle();
    expect(receiver.received[0]?.text).toMatch(/^[\x20-\x7e]*$/);
    expect(receiver.received[0]?.text).toContain(
      '"name": "\\u0645\\u0624\\u0633\\u0633\\u0629 \\ud83d\\ude80"',
    );
  });

  test('an empty payload leaves the metadata alone', async () => {
    odoo.change({ payload: null, push: 'instant-then-builder' });
    await odoo.runCron();
    await odoo.pushesIdle();
    const bodies = receiver.bodies.map((body) => body['data'] ?? Object.keys(body));
    expect(bodies).toEqual(expect.arrayContaining([['_webhook_metadata'], {}]));
  });

  test('an empty token is `False` in an instant push, and no header in the others', async () => {
    odoo.setPush(target({ credentials: { kind: 'bearer', token: '' } }));
    odoo.change();
    await odoo.pushesIdle();
    odoo.change({ push: 'builder' });
    await odoo.runCron();
    expect(receiver.received.map(({ headers }) => headers['Authorization'])).toEqual([
      'Bearer False',
      undefined,
    ]);
  });

  test('the cron can send its JSON as text/plain', async () => {
    odoo.setPush(target({ contentType: 'text/plain' }));
    odoo.change({ push: 'builder' });
    await odoo.runCron();
    expect(receiver.received[0]?.headers['Content-Type']).toBe('text/plain');
  });
});

describe('when it is sent', () => {
  test('an instant push goes at the commit, not before', async () => {
    const late = odoo.lateCommit();
    odoo.lateCommit().rollback();
    await odoo.pushesIdle();
    expect(receiver.received).toEqual([]);
    late.commit();
    await odoo.pushesIdle();
    expect(receiver.received).toHaveLength(1);
  });

  test('a builder push waits for the cron', async () => {
    odoo.change({ push: 'builder' });
    odoo.change({ push: 'instant' });
    await odoo.until('the instant push is over', () => odoo.ledger.summary().pushes === 1);
    expect(pushesOf(1)).toEqual([]);
    await odoo.runCron();
    expect(pushesOf(1)).toMatchObject([{ shape: 'builder', eventId: 1, status: 200 }]);
  });

  test('the cron runs by itself when it may', async () => {
    odoo.setPush(target({ cronEveryMs: 1, shape: 'builder' }));
    odoo.change();
    await odoo.pushesIdle();
    expect(receiver.received).toHaveLength(1);
  });

  test('the cron sends priority high last', async () => {
    odoo.setPush(target({ shape: 'builder' }));
    for (const priority of ['high', 'low', 'high', 'medium'] as const) odoo.change({ priority });
    await odoo.runCron();
    expect(receiver.bodies.slice(2).map((body) => body['priority'])).toEqual(['high', 'high']);
  });

  test('one event id comes in two shapes', async () => {
    odoo.skipPushIds(7);
    odoo.change({ push: 'instant-then-builder' });
    await odoo.until('the instant push is over', () => odoo.ledger.summary().pushes === 1);
    await odoo.runCron();
    expect(pushesOf(1)).toMatchObject([
      { shape: 'instant', eventId: 8, status: 200 },
      { shape: 'builder', eventId: 8, status: 200 },
    ]);
    expect(receiver.bodies[0]?.['_webhook_metadata']).toMatchObject({ event_id: 8 });
    expect(receiver.bodies[1]).toMatchObject({ event_id: 8 });
  });

  test('a batch holds 100 at most', async () => {
    odoo.changeMany(130, { push: 'batch', operation: 'create' });
    await odoo.runCron();
    const sizes = receiver.bodies.map((body) => (body['events'] as unknown[]).length);
    expect(sizes.sort()).toEqual([100, 30]);
    expect(odoo.ledger.summary()).toMatchObject({ pushes: 130, pushAnswered200: 130 });
  });

  test('20 are under way at once, no more', async () => {
    receiver.hold();
    odoo.changeMany(30, { operation: 'create' });
    await receiver.holds(20);
    await odoo.close();
    expect(odoo.ledger.summary()).toMatchObject({ pushes: 20, pushUnanswered: 20 });
  });

  test('those that wait their turn begin in their order', async () => {
    odoo.setPush(target({ maxConcurrent: 1 }));
    odoo.changeMany(5, { operation: 'create' });
    await odoo.pushesIdle();
    const metadata = receiver.bodies.map((body) => body['_webhook_metadata']);
    expect(metadata).toMatchObject([1, 2, 3, 4, 5].map((id) => ({ event_id: id })));
  });

  test('each push has a connection of its own', async () => {
    odoo.setPush(target({ maxConcurrent: 1 }));
    odoo.changeMany(3, { operation: 'create' });
    await odoo.pushesIdle();
    expect(receiver.connections).toBe(3);
  });

  test('what is not pushed takes no push id', async () => {
    expect(odoo.change({ push: 'none' }).pushId).toBeNull();
    expect(odoo.change()).toMatchObject({ pullId: 2, pushId: 1 });
    await odoo.pushesIdle();
    expect(receiver.received).toHaveLength(1);
  });
});

describe('by hand', () => {
  test('a connection test is a HEAD without credentials, then a POST', async () => {
    receiver.statuses = [200, 401];
    expect(await odoo.connectionTest()).toEqual([200, 401]);
    expect(receiver.received).toMatchObject([
      { method: 'HEAD', headers: expect.not.objectContaining({ Authorization: 'Bearer t' }) as object },
      { method: 'POST', headers: { Authorization: 'Bearer t' }, body: { test: true } },
    ]);
    await receiver.stop();
    expect(await odoo.connectionTest()).toEqual([]);
  });

  test('a test event uses up a push id', async () => {
    expect(await odoo.testEvent()).toMatchObject({ shape: 'builder', eventId: 1, status: 200 });
    expect(odoo.change()).toMatchObject({ pullId: 1, pushId: 2 });
    expect(receiver.bodies[0]).toMatchObject({ event_id: 1, record_id: -1, data: { _test_event: true } });
  });

  test('without a target there is nothing to test', async () => {
    odoo.setPush(null);
    await expect(odoo.connectionTest()).rejects.toThrow('set a push target first');
    expect(() => {
      odoo.setPush(target({ url: 'nowhere' }));
    }).toThrow('no URL to push to: nowhere');
  });
});

describe('what is lost inside Odoo', () => {
  const one = { model: 'res.partner', operation: 'create' } as const;

  test('a lost pull row: its push alone comes', async () => {
    odoo.faults.arm({ kind: 'lost-pull-row', times: 1 });
    odoo.changeMany(2, one);
    await odoo.pushesIdle();
    expect(await pulledIds(odoo)).toEqual([2]);
    expect(odoo.ledger.bySerial(1)).toMatchObject({
      fate: { state: 'push-only' },
      pushes: [{ status: 200 }],
      pushAnswered200: 1,
    });
    expect(odoo.ledger.summary()).toMatchObject({ pushOnly: 1, handedOver: 2 });
    expect(odoo.ledger.unmarked()).toHaveLength(1);
  });

  test('a lost push: the pull alone brings it', async () => {
    odoo.faults.arm({ kind: 'lost-push', times: 1 });
    odoo.change({ push: 'none' });
    odoo.changeMany(2, one);
    await odoo.pushesIdle();
    expect(await pulledIds(odoo)).toEqual([1, 2, 3]);
    expect([2, 3].map((serial) => pushesOf(serial)?.length)).toEqual([0, 1]);
  });

  test('both lost: nobody can know of it', async () => {
    odoo.faults.arm({ kind: 'lost-both', times: 1 });
    odoo.changeMany(2, one);
    await odoo.pushesIdle();
    expect(await pulledIds(odoo)).toEqual([2]);
    expect(odoo.ledger.bySerial(1)).toMatchObject({ fate: { state: 'lost-in-odoo' }, served: 0, pushes: [] });
    expect(odoo.ledger.summary()).toMatchObject({
      changes: 2,
      visible: 1,
      lostInOdoo: 1,
      pushes: 1,
      handedOver: 1,
    });
  });

  test('a lost pull row of what is not pushed is lost to everybody', () => {
    odoo.faults.arm({ kind: 'lost-pull-row' });
    odoo.change({ operation: 'unlink' });
    odoo.setPush(null);
    odoo.change(one);
    expect(odoo.ledger.summary()).toMatchObject({ lostInOdoo: 2, pushOnly: 0 });
  });

  test('after a reset nothing of before is left to push', async () => {
    odoo.change({ ...one, push: 'builder' });
    odoo.resetIds();
    await odoo.runCron();
    expect(eventIds()).toEqual([]);
  });
});

describe('answers', () => {
  test.each(['instant', 'builder', 'batch'] as const)('a refused %s push is not sent again', async (push) => {
    receiver.statuses = [503];
    odoo.change({ push });
    for (let run = 0; run < 3; run++) await odoo.runCron();
    await odoo.pushesIdle();
    expect(receiver.received).toHaveLength(1);
    expect(pushesOf(1)).toMatchObject([{ shape: push, eventId: 1, status: 503 }]);
    expect(odoo.ledger.summary()).toMatchObject({ pushes: 1, pushAnswered200: 0, pushRefused: 1 });
  });

  test('an endpoint that is down, and one that answers too late, give no status', async () => {
    odoo.setPush(target({ timeoutMs: 20 }));
    receiver.hold();
    odoo.change();
    await odoo.pushesIdle();
    await receiver.stop();
    odoo.change();
    await odoo.pushesIdle();
    expect([...(pushesOf(1) ?? []), ...(pushesOf(2) ?? [])].map(({ status }) => status)).toEqual([
      null,
      null,
    ]);
    expect(pushesOf(1)?.[0]?.answerMs).toBeGreaterThanOrEqual(19);
    expect(odoo.ledger.summary()).toMatchObject({ pushes: 2, pushRefused: 0, pushUnanswered: 2 });
  });

  test('close() aborts what is under way and drops what waits', async () => {
    odoo.setPush(target({ maxConcurrent: 1 }));
    receiver.hold();
    odoo.changeMany(3, { model: 'res.partner', operation: 'create' });
    odoo.change({ model: 'res.partner', operation: 'create', push: 'builder' });
    await receiver.holds(1);
    await odoo.close();
    await odoo.pushesIdle();
    expect(odoo.ledger.entries().map(({ pushes }) => pushes.map(({ status }) => status))).toEqual([
      [null],
      [],
      [],
      [],
    ]);
  });
});
