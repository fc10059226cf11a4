import { isBacklog, processingOf, type ProcessingPolicy } from '../../src/domain/processing';

const policy: ProcessingPolicy = {
  rules: [
    { source: 'hq', model: 'sale.*', priorities: null, mode: 'individually' },
    { source: null, model: '*', priorities: ['low'], mode: 'in_batches' },
  ],
  otherwise: 'auto',
};
const event = { source: 'main', model: 'sale.order', priority: 'medium' } as const;

test.each([
  [{ ...event, source: 'hq' }, true, 'individually'],
  [{ ...event, source: 'hq', priority: 'low' as const }, false, 'individually'],
  [{ ...event, priority: 'low' as const }, false, 'in_batches'],
  [event, false, 'individually'],
  [event, true, 'in_batches'],
])('%j with a backlog: %s → %s', (one, backlog, expected) => {
  expect(processingOf(policy, one, backlog)).toBe(expected);
});

test.each([
  [1_000, false, false],
  [1_001, false, true],
  [21, true, true],
  [20, true, false],
])('%d pending, a backlog before: %s → %s', (pending, was, expected) => {
  expect(isBacklog(pending, was)).toBe(expected);
});
