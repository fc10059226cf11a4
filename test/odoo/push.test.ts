// Push bodies that no recording shows: which shape wins, what is a test, what is kept as unreadable.
// Must never expect a body to be refused without a reason.

import fc from 'fast-check';

import type { JsonObject } from '../../src/domain/event';
import { readPush } from '../../src/odoo/shapes/push';

const TIME = '2026-11-24T02:05:40';

const aBuilder = (changes: JsonObject = {}): JsonObject => ({
  event_id: 168,
  model: 'res.partner',
  record_id: 42,
  event: 'write',
  timestamp: TIME,
  priority: 'medium',
  category: 'business',
  data: { name: 'A' },
  ...changes,
});

const anInstant = (metadata: JsonObject = {}, record: JsonObject = { name: 'A' }): JsonObject => ({
  ...record,
  _webhook_metadata: {
    event_id: 168,
    event_type: 'write',
    model: 'res.partner',
    record_id: 42,
    timestamp: TIME,
    ...metadata,
  },
});

const aCopy = (changes: object = {}) => ({ kind: 'single', arrival: { kind: 'event', copy: changes } });

test('in an instant push only the metadata names the event', () => {
  const record = {
    id: 9,
    model: 'sale.order',
    record_id: 1,
    event: 'unlink',
    event_id: 1,
    timestamp: '2020-01-01T00:00:00',
    batch: true,
    events: [],
    test: true,
    priority: '0',
    category: 'x',
  };
  const push = readPush(anInstant({}, record));
  expect(push).toMatchObject(
    aCopy({
      eventId: '168',
      model: 'res.partner',
      recordId: 42,
      operation: 'write',
      priority: null,
      category: null,
    }),
  );
  expect(push).toMatchObject(aCopy({ payload: record, occurredAtMs: Date.UTC(2026, 10, 24, 2, 5, 40) }));
});

test('in a builder push the record in `data` does not name the event', () => {
  const data = { model: 'sale.order', record_id: 1, event: 'unlink', event_id: 1 };
  expect(readPush(aBuilder({ data }))).toMatchObject(
    aCopy({ eventId: '168', model: 'res.partner', recordId: 42, operation: 'write', payload: data }),
  );
});

test('a builder push takes its changed fields from beside the record, else from inside', () => {
  const data = { _changed_fields: ['city'] };
  expect(readPush(aBuilder({ data }))).toMatchObject(aCopy({ changedFields: ['city'] }));
  expect(readPush(aBuilder({ data, changed_fields: ['zip'] }))).toMatchObject(
    aCopy({ changedFields: ['zip'] }),
  );
  expect(readPush(aBuilder())).toMatchObject(aCopy({ changedFields: null }));
});

test.each([false, null, {}])('a payload %j is none', (data) => {
  expect(readPush(aBuilder({ data }))).toMatchObject(aCopy({ payload: null }));
});

test('a push without an event id is an event all the same', () => {
  expect(readPush(aBuilder({ event_id: null }))).toMatchObject(aCopy({ eventId: null }));
  const body = { model: 'res.partner', record_id: 42, event: 'unlink', timestamp: TIME };
  expect(readPush(body)).toMatchObject(aCopy({ eventId: null }));
  expect(readPush(anInstant({ event_id: false }))).toMatchObject(aCopy({ eventId: null }));
});

test('an odd priority, category or list of changed fields keeps no event out', () => {
  expect(readPush(aBuilder({ priority: 'urgent', category: 7, changed_fields: 'name' }))).toMatchObject(
    aCopy({ priority: null, category: null, changedFields: null }),
  );
});

describe('a test event is no event', () => {
  test.each<[string, JsonObject]>([
    ['marked in its data', aBuilder({ data: { _test_event: true } })],
    ['for a model without records', aBuilder({ record_id: -1 })],
    ['sent as instant', anInstant({}, { _test_event: true })],
    ['sent as instant for a model without records', anInstant({ record_id: -1 })],
  ])('%s', (_, body) => {
    expect(readPush(body)).toEqual({ kind: 'test-event' });
  });

  test('but a record that merely has such a field is one', () => {
    expect(readPush(aBuilder({ data: { _test_event: false } }))).toMatchObject(aCopy({ recordId: 42 }));
  });
});

test('a connection test is known by `test`', () => {
  expect(readPush({ test: true, message: 'Connection test' })).toEqual({ kind: 'connection-test' });
});

test('a stray `test` beside a whole event does not swallow the event', () => {
  expect(readPush(aBuilder({ test: true }))).toMatchObject(aCopy({ recordId: 42 }));
});

describe('what names itself an event and cannot be read is kept', () => {
  test.each<[JsonObject, string]>([
    [aBuilder({ event: 'archive' }), 'event: not one of create, write, unlink'],
    [aBuilder({ timestamp: false }), 'timestamp: no time'],
    [aBuilder({ record_id: 0 }), 'record_id: not a positive whole number'],
    [aBuilder({ event_id: 1.5 }), 'event_id: neither a whole number nor a text of at most 500 characters'],
    [
      aBuilder({ event_id: 2 ** 53 }),
      'event_id: neither a whole number nor a text of at most 500 characters',
    ],
    [aBuilder({ data: 'text' }), 'data: neither an object nor empty'],
    [anInstant({ event_type: 'archive' }), 'event_type: not one of create, write, unlink'],
    [anInstant({ timestamp: 'now' }), 'timestamp: not a time'],
    [anInstant({ model: false }), 'model: no model'],
  ])('%j', (raw, reason) => {
    expect(readPush(raw)).toEqual({ kind: 'single', arrival: { kind: 'unreadable', reason, raw } });
  });
});

describe('a batch', () => {
  const batch = (...events: unknown[]): unknown => ({ batch: true, timestamp: TIME, events });

  test('keeps every item in its place, whatever the others are', () => {
    const push = readPush(
      batch(
        aBuilder({ event_id: 1 }),
        'a remark',
        aBuilder({ data: { _test_event: true } }),
        { event: 'write' },
        anInstant(),
      ),
    );
    expect(push).toMatchObject({
      kind: 'batch',
      items: [
        { kind: 'event', copy: { eventId: '1' } },
        { kind: 'unreadable', reason: 'not an object', raw: 'a remark' },
        { kind: 'test-event' },
        { kind: 'unreadable', raw: { event: 'write' } },
        { kind: 'event', copy: { eventId: '168' } },
      ],
    });
  });

  test('may be empty', () => {
    expect(readPush(batch())).toEqual({ kind: 'batch', items: [] });
  });

  test('inside a batch is an unreadable item', () => {
    expect(readPush(batch(batch(aBuilder())))).toMatchObject({
      kind: 'batch',
      items: [{ kind: 'unreadable' }],
    });
  });
});

describe('a body of no known shape', () => {
  test.each([
    [null],
    [[]],
    ['text'],
    [7],
    [{}],
    [{ hello: 'world' }],
    [{ test: 'true' }],
    [{ batch: true }],
    [{ batch: true, events: {} }],
    [{ model: 'res.partner', record_id: 5 }],
    [{ _webhook_metadata: false }],
    [undefined],
  ])('%j is unknown, with a reason', (body) => {
    expect(readPush(body)).toEqual({ kind: 'unknown', reason: expect.any(String) as string });
  });

  test('nested deeper than can be handled is unknown', () => {
    const deep: unknown = JSON.parse(`{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`);
    expect(readPush(deep)).toEqual({ kind: 'unknown', reason: 'not JSON, or nested too deep' });
  });
});

describe('whatever is posted', () => {
  const names = fc.constantFrom(
    '_webhook_metadata',
    'batch',
    'events',
    'test',
    'event_id',
    'model',
    'record_id',
    'event',
    'event_type',
    'timestamp',
    'data',
    'payload',
    'priority',
    'changed_fields',
    '__proto__',
  );
  const { body: anyBody } = fc.letrec((tie) => ({
    body: fc.oneof(
      { maxDepth: 4 },
      fc.jsonValue(),
      fc.constantFrom(true, false, null, -1, 0, 42, 'write', 'res.partner', TIME),
      fc.array(tie('body'), { maxLength: 3 }),
      fc.dictionary(names, tie('body'), { maxKeys: 8 }),
    ),
  }));

  test('the parser does not throw, and gives the same for the same', () => {
    fc.assert(
      fc.property(anyBody, (body) => {
        const wired: unknown = JSON.parse(JSON.stringify(body));
        expect(readPush(wired)).toEqual(readPush(wired));
      }),
      { numRuns: 1000 },
    );
  });

  test('as the record of an event comes out as its payload', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue(), { minKeys: 1 }), (record) => {
        const wired = JSON.parse(JSON.stringify(record)) as JsonObject;
        expect(readPush(aBuilder({ data: wired }))).toMatchObject(aCopy({ payload: wired }));
        expect(readPush(anInstant({}, wired))).toMatchObject(aCopy({ payload: wired }));
      }),
    );
  });
});
