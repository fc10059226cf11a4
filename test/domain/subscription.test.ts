// Who wants which events, and when a delivery is tried again.
import { waitAfter } from '../../src/domain/delivery';
import { wants, type EventToMatch, type SubscriptionFilter } from '../../src/domain/subscription';

const event: EventToMatch = {
  source: 'main',
  model: 'sale.order',
  operation: 'write',
  priority: 'high',
  changedFields: ['state', 'note'],
};

test.each<[SubscriptionFilter, boolean]>([
  [{}, true],
  [{ sources: ['main', 'hq'] }, true],
  [{ sources: ['hq'] }, false],
  [{ models: ['res.*', 'sale.*'] }, true],
  [{ models: ['sale'] }, false],
  [{ operations: ['create', 'unlink'] }, false],
  [{ operations: ['write'], priorities: ['high'] }, true],
  [{ operations: ['write'], priorities: ['low'] }, false],
  [{ fields: ['amount', 'state'] }, true],
  [{ fields: ['amount'] }, false],
])('%j: %s', (filter, wanted) => {
  expect(wants(filter, event)).toBe(wanted);
});

test('an event that does not say what changed is wanted by no filter of fields', () => {
  expect(wants({ fields: ['state'] }, { ...event, changedFields: null })).toBe(false);
});

const WAITS = [0, 5_000, 300_000];

test.each([
  [0, null, 0.5, 0],
  [1, null, 0.5, 5_000],
  [1, null, 0, 4_000],
  [1, null, 1, 6_000],
  [2, null, 0.5, 300_000],
  [3, null, 0.5, null],
  [1, 60_000, 0.5, 60_000],
  [2, 60_000, 0.5, 300_000],
  // A wish does not lengthen the schedule.
  [3, 60_000, 0.5, null],
])('after %s tries, asked to wait %s ms, by chance %s: %s ms', (tries, retryAfterMs, random, expected) => {
  expect(waitAfter(WAITS, tries, retryAfterMs, random)).toBe(expected);
});
