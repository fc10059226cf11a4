// Our own word on how urgent an event is.
import { matchesPattern } from '../../src/domain/name-pattern';
import { ruledPriority, type PriorityRule } from '../../src/domain/priority-rules';

test.each([
  ['*', 'sale.order', true],
  ['sale.*', 'sale.order', true],
  ['sale.*', 'pre.sale.order', false],
  ['*.order', 'sale.order', true],
  ['s*e.*r', 'sale.order', true],
  ['sale.order', 'sale.order.line', false],
  ['sale.order*', 'sale.order', true],
  ['a*a', 'a', false],
  ['a*b*b', 'ab', false],
  ['', '', true],
])('%s and %s: %s', (pattern, name, fits) => {
  expect(matchesPattern(pattern, name)).toBe(fits);
});

const rule = (over: Partial<PriorityRule>): PriorityRule => ({
  source: null,
  model: '*',
  operations: null,
  fields: null,
  priority: 'high',
  ...over,
});
const write = { model: 'sale.order', operation: 'write', changedFields: ['state', 'note'] } as const;

test('the first rule that fits decides, whatever comes after it', () => {
  const rules = [rule({ model: 'res.*' }), rule({ model: 'sale.*', priority: 'low' }), rule({})];
  expect(ruledPriority(rules, 'main', write)).toBe('low');
});

test.each([
  [rule({ source: 'hq' }), null],
  [rule({ source: 'main' }), 'high'],
  [rule({ operations: ['create'] }), null],
  [rule({ operations: ['create', 'write'] }), 'high'],
  [rule({ fields: ['amount'] }), null],
  [rule({ fields: ['amount', 'state'] }), 'high'],
])('all that a rule names must fit (%#)', (one, priority) => {
  expect(ruledPriority([one], 'main', write)).toBe(priority);
});

test('an event that does not say what changed fits no rule of fields', () => {
  expect(ruledPriority([rule({ fields: ['state'] })], 'main', { ...write, changedFields: null })).toBeNull();
});
