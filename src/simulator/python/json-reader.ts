// Reads a request body as Python's json module does, because Odoo's answers repeat its error texts
// and treat 8.0 unlike 8. Never used for anything but requests to the simulator.

import { PyFloat, PythonError } from './values';
import type { PyValue } from './values';

/** Throws a JSONDecodeError with Python's text and place. */
export function readJson(text: string): PyValue {
  const reader = new JsonReader(text);
  return reader.document();
}

const NUMBER = /(-?(?:0|[1-9]\d*))(\.\d+)?([eE][-+]?\d+)?/y;
const WORDS: readonly (readonly [string, PyValue])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
];

class JsonReader {
  private at = 0;

  constructor(private readonly text: string) {}

  document(): PyValue {
    this.skipSpace();
    const value = this.value();
    this.skipSpace();
    if (this.at < this.text.length) this.fail('Extra data', this.at);
    return value;
  }

  private value(): PyValue {
    const next = this.text[this.at];
    if (next === '"') return this.string();
    if (next === '{') return this.dict();
    if (next === '[') return this.list();
    for (const [word, meaning] of WORDS) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return meaning;
      }
    }
    return this.number();
  }

  private number(): PyValue {
    NUMBER.lastIndex = this.at;
    const found = NUMBER.exec(this.text);
    if (found === null) return this.fail('Expecting value', this.at);
    this.at = NUMBER.lastIndex;
    const value = Number(found[0]);
    return found[2] === undefined && found[3] === undefined ? value : new PyFloat(value);
  }

  private string(): string {
    const begin = this.at;
    for (let end = begin + 1; end < this.text.length; end++) {
      const char = this.text.charAt(end);
      if (char === '\\') end++;
      else if (char < ' ') this.fail('Invalid control character at', end);
      else if (char === '"') {
        this.at = end + 1;
        return this.unescaped(begin, this.at);
      }
    }
    return this.fail('Unterminated string starting at', begin);
  }

  private unescaped(begin: number, end: number): string {
    try {
      return String(JSON.parse(this.text.slice(begin, end)));
    } catch {
      // Quotes and control characters are checked, so only an escape can be wrong.
      return this.fail('Invalid \\escape', begin);
    }
  }

  private list(): PyValue {
    const items: PyValue[] = [];
    this.at++;
    this.skipSpace();
    if (this.text[this.at] === ']') return this.past(items);
    for (;;) {
      items.push(this.value());
      this.skipSpace();
      if (this.text[this.at] === ']') return this.past(items);
      this.expect(',', "Expecting ',' delimiter");
    }
  }

  private dict(): PyValue {
    const items = new Map<string, PyValue>();
    this.at++;
    this.skipSpace();
    if (this.text[this.at] === '}') return this.past(items);
    for (;;) {
      if (this.text[this.at] !== '"') {
        this.fail('Expecting property name enclosed in double quotes', this.at);
      }
      const key = this.string();
      this.skipSpace();
      this.expect(':', "Expecting ':' delimiter");
      items.set(key, this.value());
      this.skipSpace();
      if (this.text[this.at] === '}') return this.past(items);
      this.expect(',', "Expecting ',' delimiter");
    }
  }

  private past(value: PyValue): PyValue {
    this.at++;
    return value;
  }

  private expect(char: string, complaint: string): void {
    if (this.text[this.at] !== char) this.fail(complaint, this.at);
    this.at++;
    this.skipSpace();
  }

  private skipSpace(): void {
    while (' \t\n\r'.includes(this.text[this.at] ?? 'end')) this.at++;
  }

  private fail(complaint: string, at: number): never {
    const before = this.text.slice(0, at).split('\n');
    const column = (before.at(-1) ?? '').length + 1;
    throw new PythonError(
      'JSONDecodeError',
      `${complaint}: line ${before.length} column ${column} (char ${at})`,
    );
  }
}
