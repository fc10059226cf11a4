// How tables and times look, on a terminal and off it.
import { table } from '../../src/cli/screen/table';
import { fitted, plainLine, widthOf } from '../../src/cli/screen/text';
import { durationMs, relative, timeGiven } from '../../src/cli/screen/times';

const NOW = Date.UTC(2026, 10, 24, 12);

test.each([
  ['2026-11-24T12:00:00.000Z', 'now'],
  ['2026-11-24T11:59:57.000Z', '3 s ago'],
  ['2026-11-24T11:01:00.000Z', '59 min ago'],
  ['2026-11-22T12:00:00.000Z', '2 d ago'],
  ['2026-11-24T14:00:00.000Z', 'in 2 h'],
  ['yesterday', 'yesterday'],
])('%s is %s', (time, words) => {
  expect(relative(time, NOW)).toBe(words);
});

test.each([
  ['2h', '2026-11-24T10:00:00.000Z'],
  ['7d', '2026-11-17T12:00:00.000Z'],
  ['2026-11-24T02:00:00Z', '2026-11-24T02:00:00.000Z'],
  ['2026-11-24T02:00:00+02:00', '2026-11-24T00:00:00.000Z'],
  ['2026-11-24', '2026-11-24T00:00:00.000Z'],
  ['2026-11-24 02:00', '2026-11-24T02:00:00.000Z'],
  ['yesterday', null],
  ['2026-13-40', null],
])('the time %s is read as %s', (given, read) => {
  expect(timeGiven(given, NOW)).toBe(read);
});

test.each([
  ['30s', 30_000],
  ['5m', 300_000],
  ['500ms', 500],
  ['2', null],
  ['-5m', null],
])('the duration %s is %s ms', (given, ms) => {
  expect(durationMs(given)).toBe(ms);
});

test('a table is as wide as its cells, without blanks at the ends of lines', () => {
  const look = { columns: null, hasColour: false };
  expect(
    table(
      ['KEY', 'RECORD'],
      [
        ['17', 'res.partner/42'],
        ['168', ''],
      ],
      look,
    ),
  ).toEqual(['KEY  RECORD', '17   res.partner/42', '168']);
});

test('on a narrow terminal the widest columns are cut, and no line is wider than it', () => {
  const rows = [['17', 'a'.repeat(60), 'b'.repeat(50)]];
  const lines = table(['KEY', 'ONE', 'OTHER'], rows, { columns: 60, hasColour: false });
  expect(lines.map(widthOf)).toEqual([expect.any(Number), 60]);
  expect(lines[1]).toMatch(/^17 {3}a+… {2}b+…$/);
});

test('colour changes no width, and there is none without', () => {
  const rows = [[{ text: 'dead_letter', tone: 'bad' as const }, 'x']];
  expect(table(['STATUS', 'X'], rows, { columns: null, hasColour: true })[1]).toBe(
    '\u001b[31mdead_letter\u001b[0m  x',
  );
  expect(table(['STATUS', 'X'], rows, { columns: null, hasColour: false })[1]).toBe('dead_letter  x');
});

test('letters of two columns and marks of none are counted as they are shown', () => {
  expect(['日本', 'é', 'e\u0301', 'جسر', '👩‍👩‍👧'].map(widthOf)).toEqual([4, 1, 1, 3, 2]);
  expect(fitted('日本語', 5)).toBe('日本…');
});

test('what comes from elsewhere cannot steer the terminal', () => {
  expect(plainLine('a\u001b[31mred\nb\u202ec\u0007')).toBe('a [31mred b c');
});
