// What counts as a recorded trace in the header `traceparent`.
import { readTraceParent, traceParentText } from '../../src/domain/trace-parent';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';

test('what was written is read', () => {
  const text = traceParentText({ traceId, spanId });
  expect(text).toBe(`00-${traceId}-${spanId}-01`);
  expect(readTraceParent(text)).toEqual({ traceId, spanId });
});

test('a later version of the header, with more behind it, is read as well', () => {
  expect(readTraceParent(`cc-${traceId}-${spanId}-03-more`)).toEqual({ traceId, spanId });
});

test.each([
  ['not recorded', `00-${traceId}-${spanId}-00`],
  ['without a trace', `00-${'0'.repeat(32)}-${spanId}-01`],
  ['without a span', `00-${traceId}-${'0'.repeat(16)}-01`],
  ['in capitals', `00-${traceId.toUpperCase()}-${spanId}-01`],
  ['too short', `00-${traceId}-01`],
  ['nothing', undefined],
  ['something else', { traceId }],
])('one that is %s is none', (_, header) => {
  expect(readTraceParent(header)).toBeNull();
});
