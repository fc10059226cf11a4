// What is read of the header `traceparent`, and what is written.
import { isRecorded, readTraceParent, traceParentText } from '../../src/domain/trace-parent';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';

test.each([
  ['not recorded', '00', 0, false],
  ['recorded', '01', 1, true],
  ['of a random id, and not recorded', '02', 2, false],
  ['of a random id, and recorded', '03', 3, true],
  ['of flags that nobody knows yet', 'fe', 254, false],
])('one that is %s is read with its flags, and written as it came', (_, digits, flags, recorded) => {
  const text = `00-${traceId}-${spanId}-${digits}`;
  const parent = { traceId, spanId, flags };
  expect(readTraceParent(text)).toEqual(parent);
  expect(isRecorded(parent)).toBe(recorded);
  expect(traceParentText(parent)).toBe(text);
});

test('a later version of the header, with more behind it, is read as well', () => {
  expect(readTraceParent(`cc-${traceId}-${spanId}-03-more`)).toEqual({ traceId, spanId, flags: 3 });
});

test.each([
  ['without a trace', `00-${'0'.repeat(32)}-${spanId}-01`],
  ['without a span', `00-${traceId}-${'0'.repeat(16)}-01`],
  ['in capitals', `00-${traceId.toUpperCase()}-${spanId}-01`],
  ['too short', `00-${traceId}-01`],
  ['nothing', undefined],
  ['something else', { traceId }],
])('one that is %s is none', (_, header) => {
  expect(readTraceParent(header)).toBeNull();
});
