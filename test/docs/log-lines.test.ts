// The vocabulary of the log: docs/observability.md lists every line and every field, and no other.
import { linesOf, logLines } from './log-lines';
import { readPage, sectionOf } from './pages';

const section = sectionOf(readPage('docs/observability.md').text, '## Logs') ?? 'no such section';
const rowsOf = (heading: string) => {
  const table = sectionOf(section, heading) ?? '';
  return [...table.matchAll(/^\| `?([^|`]+?)`? *\| ([^|]*?) *\|(?: ([^|]*?) *\|)?$/gm)]
    .map(([, ...cells]) => cells)
    .filter(([first = '']) => !/^(-+|msg|field)$/.test(first));
};

test('each line that the code logs is in the table, with its level and its fields, and no other', () => {
  const documented = rowsOf('### Lines').map(([text, level, fields = '']) => ({
    text,
    level,
    fields: fields.replaceAll('`', '').split(', ').filter(Boolean),
  }));
  expect(documented).toEqual(
    logLines().map(({ text, level, fields }) => ({ text, level, fields: [...fields] })),
  );
});

test('each field is explained once, in snake_case', () => {
  const used = [...new Set(logLines().flatMap(({ fields }) => fields))].sort();
  expect(rowsOf('### Fields').map(([field]) => field)).toEqual(used);
  expect(used.filter((field) => !/^[a-z]+(_[a-z]+)*$/.test(field))).toEqual([]);
});

test('no line has a field in which a payload, a key or a secret would stand', () => {
  const suspicious = /payload|secret|password|token|authorization|cookie|headers|body|url/;
  expect(
    logLines()
      .flatMap(({ fields }) => fields)
      .filter((field) => suspicious.test(field)),
  ).toEqual([]);
});

test.each([
  ['a text that changes', 'log.warn({ source }, `pulled ${rows}`)'],
  ['fields from elsewhere', "log.warn(fields, 'pulled')"],
  ['spread fields', "log.warn({ ...fields }, 'pulled')"],
])('%s is refused', (_, code) => {
  expect(() => linesOf('a.ts', code)).toThrow('a.ts');
});
