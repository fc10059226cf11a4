// Pulled pages that no recording shows: empty values, unreadable rows, rows without an id.
// Must never expect a row to vanish.

import type { Json, JsonObject } from '../../src/domain/event';
import { readPulledPage } from '../../src/odoo/shapes/pulled-page';
import { readPulledRow } from '../../src/odoo/shapes/pulled-row';

const aRow = (changes: JsonObject = {}): JsonObject => ({
  id: 7,
  model: 'res.partner',
  record_id: 42,
  event: 'write',
  timestamp: '2026-11-24T02:05:40',
  payload: { name: 'A' },
  priority: 'high',
  category: 'business',
  user_id: 2,
  user_name: 'Administrator',
  ...changes,
});

const copyOf = (changes: JsonObject): unknown => {
  const arrival = readPulledRow(aRow(changes))?.arrival;
  return arrival?.kind === 'event' ? arrival.copy : arrival;
};

describe('what Odoo writes for "empty" is null', () => {
  test.each<[JsonObject, object]>([
    [{ payload: false }, { payload: null }],
    [{ payload: null }, { payload: null }],
    [{ payload: {} }, { payload: null }],
    [
      { priority: false, category: false },
      { priority: null, category: null },
    ],
    [{ user_id: null, user_name: false }, { user: null }],
    [{ user_id: false, user_name: false }, { user: null }],
    [{ user_id: 9, user_name: false }, { user: { id: 9, name: null } }],
  ])('%j gives %j', (wired, expected) => {
    expect(copyOf(wired)).toMatchObject(expected);
  });
});

describe('a row that cannot be understood keeps its id, its reason and its raw form', () => {
  test.each<[JsonObject, string]>([
    [{ event: 'archive' }, 'event: not one of create, write, unlink'],
    [{ timestamp: false }, 'timestamp: no time'],
    [{ timestamp: '2026-02-30T00:00:00' }, 'timestamp: not a time'],
    [{ model: false }, 'model: no model'],
    [{ model: 'drop table;' }, 'model: not a model name'],
    [{ record_id: 0 }, 'record_id: not a positive whole number'],
    // The pull has no test events: this is a row that names no record.
    [{ record_id: -1 }, 'record_id: not a positive whole number'],
    [{ record_id: '42' }, 'record_id: not a positive whole number'],
    [{ payload: ['a'] }, 'payload: neither an object nor empty'],
    [
      { event: 1, record_id: 1.5 },
      'record_id: not a positive whole number; event: not one of create, write, unlink',
    ],
  ])('%j', (changes, reason) => {
    const raw = aRow(changes);
    expect(readPulledRow(raw)).toEqual({ id: 7, arrival: { kind: 'unreadable', reason, raw } });
  });

  test('the reason repeats nothing from the row', () => {
    const secret = 'token-4711';
    const row = readPulledRow(
      aRow({ event: secret, model: `${secret}!`, timestamp: secret, payload: secret }),
    );
    expect(row?.arrival).toMatchObject({
      kind: 'unreadable',
      reason: expect.not.stringContaining(secret) as unknown,
    });
  });
});

describe('a page', () => {
  test('with an unreadable row among good ones is good', () => {
    const page = readPulledPage({ events: [aRow({ id: 1 }), aRow({ id: 2, event: '?' })], has_more: true });
    expect(page).toMatchObject({
      kind: 'ok',
      value: { hasMore: true, rows: [{ id: 1 }, { id: 2, arrival: { kind: 'unreadable' } }] },
    });
  });

  test('comes out ascending by id, even if Odoo breaks its promise', () => {
    const page = readPulledPage({ events: [aRow({ id: 9 }), aRow({ id: 3 })], has_more: false });
    expect(page).toMatchObject({ kind: 'ok', value: { rows: [{ id: 3 }, { id: 9 }] } });
  });

  test.each<[Json]>(
    [[undefined], [null], [false], [0], [-1], [1.5], ['7'], [2 ** 53]].map(([id]) => [id ?? null]),
  )('with a row whose id is %j fails whole', (id) => {
    const page = readPulledPage({ events: [aRow(), aRow({ id })], has_more: false });
    expect(page).toMatchObject({
      kind: 'failed',
      failure: { code: 'odoo-wrong-shape', message: expect.stringContaining('row 2 of 2') as unknown },
    });
  });

  test.each<JsonObject>([
    { success: true },
    { events: {}, has_more: false },
    { events: [], has_more: 'yes' },
    { events: ['a remark'], has_more: false },
    { events: [[]], has_more: false },
  ])('that is %j fails as a wrong shape', (answer) => {
    expect(readPulledPage(answer)).toMatchObject({ kind: 'failed', failure: { code: 'odoo-wrong-shape' } });
  });

  test('says nothing of the cursor that Odoo proposes', () => {
    const page = readPulledPage({ events: [], has_more: false, last_id: 9_999_999_999 });
    expect(page).toEqual({ kind: 'ok', value: { rows: [], hasMore: false } });
  });
});
