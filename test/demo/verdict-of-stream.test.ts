// What the demo says of its reader of the live stream, for a reader that missed something and one that did not.
import type { BridgeEvent } from '../../src/demo/bridge-client';
import type { StreamedEvent } from '../../src/demo/stream-reader';
import { judge } from '../../src/demo/verdict';

const event = (key: string): BridgeEvent => ({
  key,
  push_id: null,
  pull_id: key,
  model: 'res.partner',
  record_id: 1,
  operation: 'write',
  occurred_at: '2026-11-24T00:00:00Z',
  status: 'processed',
  user: null,
  payload: {},
});

const findingsOf = (...streamed: readonly StreamedEvent[]) =>
  judge({
    entries: [],
    payloadOf: () => ({}),
    strayMarks: 0,
    events: [event('1'), event('2'), event('3')],
    taken: null,
    streamed,
  }).findings.filter((finding) => finding.includes('stream'));

test('each event once and in order is nothing to be found', () => {
  expect(findingsOf({ seq: 1, key: '1' }, { seq: 2, key: '2' }, { seq: 4, key: '3' })).toEqual([]);
});

test('an event that never came is found', () => {
  expect(findingsOf({ seq: 1, key: '1' }, { seq: 4, key: '3' })).toEqual([
    'event 2 never came by the stream',
  ]);
});

test('an event that came twice is found', () => {
  const [first, second, third] = [
    { seq: 1, key: '1' },
    { seq: 2, key: '2' },
    { seq: 4, key: '3' },
  ];
  expect(findingsOf(first, second, second, third)).toEqual(['event 2 came twice by the stream']);
});

test('an event that came after a later one is found', () => {
  expect(findingsOf({ seq: 1, key: '1' }, { seq: 4, key: '3' }, { seq: 2, key: '2' })).toEqual([
    'event 2 came by the stream after a later one',
  ]);
});
