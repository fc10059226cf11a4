// How long a subscriber asks to be left alone.
import { retryAfterMs } from '../../../src/channels/webhook/retry-after';

const NOW = Date.UTC(1994, 10, 6, 8, 48, 37);
const DAY_MS = 24 * 60 * 60 * 1000;

test.each([
  ['120', 120_000],
  [' 5 ', 5_000],
  ['0', 0],
  ['999999999999999999999999', DAY_MS],
  ['Sun, 06 Nov 1994 08:49:37 GMT', 60_000],
  ['Sunday, 06-Nov-94 08:49:37 GMT', 60_000],
  ['Sun Nov  6 08:49:37 1994', 60_000],
  ['Sun, 06 Nov 1994 08:00:00 GMT', 0],
  ['Fri, 31 Dec 1999 23:59:59 GMT', DAY_MS],
])('"%s" is a wait', (header, waitMs) => {
  expect(retryAfterMs(header, NOW)).toBe(waitMs);
});

test.each([null, '', '-5', '1.5', '1e3', 'soon', '2026-01-01', 'Sun, nonsense GMT', '0x10'])(
  '"%s" asks for nothing',
  (header) => {
    expect(retryAfterMs(header, NOW)).toBeNull();
  },
);
