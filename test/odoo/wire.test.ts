// The pieces of the wire, each on its own: times above all.
// Must never depend on the time zone of the machine that runs it.

import { execFileSync } from 'node:child_process';
import path from 'node:path';

import fc from 'fast-check';

import { cleanPayload, epochMs, eventId, isJson, priority, recordId } from '../../src/odoo/wire';

const two = (value: number): string => String(value).padStart(2, '0');

const aWallTime = fc.record({
  year: fc.integer({ min: 1970, max: 9999 }),
  month: fc.integer({ min: 1, max: 12 }),
  day: fc.integer({ min: 1, max: 28 }),
  hour: fc.nat(23),
  minute: fc.nat(59),
  second: fc.nat(59),
});

describe('a time', () => {
  test('without a zone is UTC, whatever separates its halves', () => {
    fc.assert(
      fc.property(aWallTime, fc.constantFrom('T', ' '), (wall, between) => {
        const { year, month, day, hour, minute, second } = wall;
        const text = `${year}-${two(month)}-${two(day)}${between}${two(hour)}:${two(minute)}:${two(second)}`;
        expect(epochMs(text)).toBe(Date.UTC(year, month - 1, day, hour, minute, second));
      }),
    );
  });

  test('means the same on a machine in Riyadh', () => {
    const script = `
      const { transformFileSync } = require('@swc/core');
      const options = { jsc: { parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } };
      require.extensions['.ts'] = (module, file) => module._compile(transformFileSync(file, options).code, file);
      const { epochMs } = require('./src/odoo/wire.ts');
      process.stdout.write([new Date().getTimezoneOffset(), epochMs('2026-11-24T02:05:40')].join(' '));`;
    const output = execFileSync(process.execPath, ['-e', script], {
      cwd: path.join(__dirname, '../..'),
      env: { ...process.env, TZ: 'Asia/Riyadh' },
      encoding: 'utf8',
    });
    expect(output).toBe(`-180 ${Date.UTC(2026, 10, 24, 2, 5, 40)}`);
  });

  test.each([
    ['2026-11-24T02:05:40Z', '2026-11-24T02:05:40.000Z'],
    ['2026-11-24T05:05:40+03:00', '2026-11-24T02:05:40.000Z'],
    ['2026-11-24T05:05:40+0300', '2026-11-24T02:05:40.000Z'],
    ['2026-11-23T20:35:40-05:30', '2026-11-24T02:05:40.000Z'],
    ['2026-11-24T02:05:40.5', '2026-11-24T02:05:40.500Z'],
    ['2026-11-24 02:05:40.513999', '2026-11-24T02:05:40.513Z'],
    ['2028-02-29T00:00:00', '2028-02-29T00:00:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(new Date(epochMs(text) ?? NaN).toISOString()).toBe(expected);
  });

  test.each([
    '2026-02-30T00:00:00',
    '2026-02-29T00:00:00',
    '2026-13-01T00:00:00',
    '2026-00-10T00:00:00',
    '2026-11-24T24:00:00',
    '2026-11-24T02:60:00',
    '2026-11-24T02:05:60',
    '2026-11-24T02:05:40+24:00',
    '2026-11-24T02:05:40+03:60',
    '0026-11-24T02:05:40',
    '2026-11-24',
    '2026-11-24T02:05',
    ' 2026-11-24T02:05:40',
    '24/11/2026 02:05:40',
    'now',
    '',
  ])('%j is none', (text) => {
    expect(epochMs(text)).toBeNull();
  });
});

describe('an event id', () => {
  test.each([
    [168, '168'],
    ['168', '168'],
    [' a b/شراء ', ' a b/شراء '],
    [undefined, null],
    [null, null],
    [false, null],
    ['', null],
  ])('%j is %j', (wired, expected) => {
    expect(eventId.parse(wired)).toBe(expected);
  });

  test.each([1.5, 2 ** 53, true, {}, [], 'x'.repeat(501)])('%j is refused', (wired) => {
    expect(eventId.safeParse(wired).success).toBe(false);
  });
});

test.each([0, -1, 1.5, 2 ** 53, '42', false, null, undefined])('%j is no record id', (wired) => {
  expect(recordId.safeParse(wired).success).toBe(false);
});

test.each([false, null, undefined, 'urgent', 3])(
  '%j names no priority, and is no reason to refuse',
  (wired) => {
    expect(priority.parse(wired)).toBeNull();
  },
);

test('a payload that holds nothing but the name of its event is none', () => {
  expect(cleanPayload({ _webhook_metadata: { event_id: 1 } })).toBeNull();
});

test('a payload may have a field called __proto__', () => {
  const record = JSON.parse('{"__proto__": {"a": 1}, "_webhook_metadata": {}}') as { a: number };
  expect(JSON.stringify(cleanPayload(record))).toBe('{"__proto__":{"a":1}}');
});

test('JSON nested deeper than can be handled is refused without running out of stack', () => {
  const deep = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
  expect(isJson(deep(200))).toBe(true);
  expect(isJson(deep(100_000))).toBe(false);
});
