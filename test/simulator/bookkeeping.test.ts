// The ledger and the request log: what a verdict is computed from.
// Never looks at the serving table; what it holds shows over the socket only.

import { startSimulator } from '../../src/simulator/simulator';
import type { Simulator } from '../../src/simulator/simulator-types';
import { call, mark, pull, pulledIds, rowsOf } from './wire-client';

let odoo: Simulator;
beforeEach(async () => {
  odoo = await startSimulator();
});
afterEach(() => odoo.close());

describe('ledger', () => {
  test('it tells how often a row was served, and whether it was marked', async () => {
    odoo.changeMany(3);
    await pull(odoo, { limit: 2 });
    await pull(odoo, { limit: 1 });
    await mark(odoo, [1]);
    expect(odoo.ledger.entries().map(({ served, marked }) => [served, marked])).toEqual([
      [2, 1],
      [1, 0],
      [0, 0],
    ]);
    expect(odoo.ledger.summary()).toMatchObject({
      changes: 3,
      visible: 3,
      served: 2,
      servedMoreThanOnce: 1,
      marked: 1,
      unmarked: 2,
      strayMarks: 0,
    });
  });

  test('a mark of an id that was never served is a stray, whether or not there is such a row', async () => {
    odoo.changeMany(2);
    await mark(odoo, [2, 777]);
    expect(odoo.ledger.strayMarks()).toMatchObject([
      { pullId: 2, serial: 2 },
      { pullId: 777, serial: null },
    ]);
    expect(odoo.ledger.unmarked().map((entry) => entry.change.pullId)).toEqual([1]);
  });

  test('a mark that was refused is no mark', async () => {
    odoo.change();
    await pull(odoo);
    await mark(odoo, [1, 0]);
    expect(odoo.ledger.byPullId(1)?.marked).toBe(0);
  });

  test('a deleted row is owed by nobody', async () => {
    odoo.changeMany(2);
    expect(odoo.deleteRow(1)).toBe(true);
    expect(odoo.deleteRow(1)).toBe(false);
    expect(odoo.ledger.unmarked().map((entry) => entry.change.pullId)).toEqual([2]);
    expect(await pulledIds(odoo)).toEqual([2]);
  });

  test('the payload of a change is the one that pull sent', async () => {
    odoo.changeMany(40);
    odoo.change({ payload: { name: 'مؤسسة "الأمل" 🚀', nested: [{ id: false, name: '' }] } });
    for (const row of rowsOf(await pull(odoo))) {
      expect(odoo.ledger.payloadOf(odoo.ledger.byPullId(row.id)?.change.serial ?? 0)).toEqual(row.payload);
    }
  });
});

describe('request log', () => {
  test('pulls are logged with their cursor and what they were given', async () => {
    odoo.changeMany(3);
    await pull(odoo, { last_event_id: 0, limit: 2 });
    await call(odoo, 'pull?last_event_id=2&limit=2');
    await pull(odoo, { limit: 'ten' });
    expect(odoo.requests.pulls()).toMatchObject([
      { lastEventId: 0, limit: 2, status: 200, served: 2, hasMore: true },
      { lastEventId: 2, limit: 2, status: 200, served: 1, hasMore: false },
      { lastEventId: null, limit: null, status: 400, served: 0 },
    ]);
  });

  test('counts are kept when details are not', async () => {
    const frugal = await startSimulator({ requestDetailsKept: 2 });
    for (const cursor of [1, 2, 3]) await pull(frugal, { last_event_id: cursor });
    await call(frugal, 'nowhere');
    expect(frugal.requests.pulls().map((each) => each.lastEventId)).toEqual([2, 3]);
    expect(frugal.requests.counts()).toMatchObject({ pull: 3, unknown: 1 });
    expect(frugal.requests.answers()).toEqual({ 'pull 200': 3, 'unknown 404': 1 });
    await frugal.close();
  });

  test('one can wait for what a caller will do', async () => {
    odoo.change();
    const marked = odoo.until('row 1 is marked', () => odoo.ledger.byPullId(1)?.marked === 1);
    await mark(odoo, await pulledIds(odoo));
    await marked;
    await expect(odoo.until('pigs fly', () => false, 1)).rejects.toThrow(
      'waited 1 ms in vain until pigs fly',
    );
  });
});

describe('two sequences', () => {
  test('push ids are ahead by the offset, deletes take none, and ids can be skipped', async () => {
    const apart = await startSimulator({ pushSequenceOffset: 10, firstPullId: 100 });
    const ids = (change: { pullId: number; pushId: number | null }): unknown => [
      change.pullId,
      change.pushId,
    ];
    expect(ids(apart.change())).toEqual([100, 110]);
    expect(ids(apart.change({ operation: 'unlink' }))).toEqual([101, null]);
    apart.skipPushIds(5);
    expect(ids(apart.change())).toEqual([102, 116]);
    expect(await pulledIds(apart)).toEqual([100, 101, 102]);
    await apart.close();
  });
});

describe('pace', () => {
  test('rows are served and marked no faster than the pace says', async () => {
    odoo.changeMany(1000, { model: 'mail.message' });
    odoo.setPace({ servePer1000Ms: 100, markPer1000Ms: 150, basePullMs: 20 });
    const tookMs = async (act: () => Promise<unknown>): Promise<number> => {
      const beginMs = performance.now();
      await act();
      return performance.now() - beginMs;
    };
    expect(await tookMs(() => pull(odoo, { limit: 1000 }))).toBeGreaterThanOrEqual(119);
    expect(
      await tookMs(() =>
        mark(
          odoo,
          odoo.ledger.unmarked().map((entry) => entry.change.pullId),
        ),
      ),
    ).toBeGreaterThanOrEqual(149);
    expect(await tookMs(() => pull(odoo))).toBeGreaterThanOrEqual(19);
  });
});
