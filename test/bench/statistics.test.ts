import { median, percentile, ratios, spread } from '../../bench/statistics';

test.each([
  [[3], 3],
  [[3, 1, 2], 2],
  [[4, 1, 3, 2], 2.5],
  [[10, 9, 100], 10],
])('the median of %p is %p', (values, middle) => {
  expect(median(values)).toBe(middle);
});

test('a spread has the median, the least and the most', () => {
  expect(spread([5, 1, 9])).toEqual({ median: 5, min: 1, max: 9 });
});

test.each([
  [50, 50],
  [99, 99],
  [99.5, 100],
  [100, 100],
  [1, 1],
])('of 1 to 100 the percentile %p is %p, a value that was measured', (percent, value) => {
  const values = Array.from({ length: 100 }, (_, place) => 100 - place);
  expect(percentile(values, percent)).toBe(value);
});

test('the 99th percentile of few values is the largest', () => {
  expect(percentile([1, 2, 3], 99)).toBe(3);
});

test('ratios are taken round by round', () => {
  expect(ratios([2, 9], [1, 3])).toEqual([2, 3]);
});

test('a ratio without its yardstick is refused', () => {
  expect(() => ratios([1, 2], [1])).toThrow('yardstick');
});

test('nothing measured has no median', () => {
  expect(() => median([])).toThrow('no values');
});

test('values stay in their order', () => {
  const values = [3, 1, 2];
  spread(values);
  expect(values).toEqual([3, 1, 2]);
});
