import fc from 'fast-check';
import { canonicalJson } from '../../src/domain/canonical-json';
import type { Json } from '../../src/domain/event';
import { isJson } from '../../src/odoo/wire';

/** As the definition reads; what is in use is written for speed. */
function asDefined(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(asDefined).join(',')}]`;
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${asDefined(field)}`).join(',')}}`;
}

function parsed(text: string): Json {
  const value: unknown = JSON.parse(text);
  if (!isJson(value)) throw new Error('no JSON');
  return value;
}

describe('canonical JSON', () => {
  test('sorts names by code unit, those that read like numbers too, at every depth', () => {
    const text = '{"b":[{"z":1,"a":{"é":false,"Z":null}}],"10":"x","9":[],"B":{},"":-0,"a\\"":1e400}';
    expect(canonicalJson(parsed(text))).toBe(
      '{"":0,"10":"x","9":[],"B":{},"a\\"":null,"b":[{"a":{"Z":null,"é":false},"z":1}]}',
    );
  });

  test('is not taken in by records that begin and end with the same names', () => {
    const texts = ['{"a":1,"d":2,"c":3,"z":4}', '{"a":1,"c":2,"d":3,"z":4}', '{"a":1,"d":2,"b":3,"z":4}'];
    for (const text of [...texts, ...texts]) {
      const value = parsed(text);
      expect(canonicalJson(value)).toBe(asDefined(value));
    }
  });

  test('is what its definition says, for any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = parsed(JSON.stringify(value));
        expect(canonicalJson(json)).toBe(asDefined(json));
      }),
      { numRuns: 500 },
    );
  });
});
