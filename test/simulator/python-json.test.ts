// Request bodies are read, and refused, as Python's json module does.

import { readJson } from '../../src/simulator/python/json-reader';
import { writeJson } from '../../src/simulator/python/json-writer';
import { PyFloat, pythonInt, repr } from '../../src/simulator/python/values';

test.each([
  ['', 'Expecting value: line 1 column 1 (char 0)'],
  ['[1,]', 'Expecting value: line 1 column 4 (char 3)'],
  ['{"a" 1}', "Expecting ':' delimiter: line 1 column 6 (char 5)"],
  ['{"a": 1 "b"}', "Expecting ',' delimiter: line 1 column 9 (char 8)"],
  ['{a: 1}', 'Expecting property name enclosed in double quotes: line 1 column 2 (char 1)'],
  ['{"a":\n  "b', 'Unterminated string starting at: line 2 column 3 (char 8)'],
  ['"a\tb"', 'Invalid control character at: line 1 column 3 (char 2)'],
  ['1 2', 'Extra data: line 1 column 3 (char 2)'],
])('%j is refused in the words of Python', (text, message) => {
  expect(() => readJson(text)).toThrow(message);
});

test('a number with a point is a float, even a whole one', () => {
  expect(readJson('[8, 8.0, -1e2, true, null, "\\u0645\\n"]')).toEqual([
    8,
    new PyFloat(8),
    new PyFloat(-100),
    true,
    null,
    'م\n',
  ]);
});

test('an object is a dict, whatever its keys are called', () => {
  expect(readJson('{"__proto__": 1, "a": {}}')).toEqual(
    new Map<string, unknown>([
      ['__proto__', 1],
      ['a', new Map()],
    ]),
  );
});

test.each([
  [true, 1],
  ['  12 ', 12],
  ['1_000', 1000],
  [new PyFloat(-2.9), -2],
])('int() of %p is %p', (value, expected) => {
  expect(pythonInt(value)).toBe(expected);
});

test('what int() refuses is quoted as repr() writes it', () => {
  expect(() => pythonInt("it's")).toThrow(`invalid literal for int() with base 10: "it's"`);
  expect(repr(['a', null, true, new PyFloat(2), new Map([['k', 1]])])).toBe(
    "['a', None, True, 2.0, {'k': 1}]",
  );
});

test('what is written is ASCII with the separators of Python', () => {
  expect(writeJson({ a: [1, 'م🚀\u007f'], b: { c: false } })).toBe(
    '{"a": [1, "\\u0645\\ud83d\\ude80\\u007f"], "b": {"c": false}}',
  );
});
