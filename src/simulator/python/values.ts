// Values as Python has them: 8 and 8.0 differ, and Odoo's answers quote what int() and repr() say of them.
// Covers only what Odoo does with a request, not Python.

/** A number written with a point or an exponent. */
export class PyFloat {
  constructor(readonly value: number) {}
}

export type PyDict = ReadonlyMap<string, PyValue>;
export type PyValue = null | boolean | number | string | PyFloat | readonly PyValue[] | PyDict;

export type PythonErrorType =
  'ValueError' | 'TypeError' | 'AttributeError' | 'JSONDecodeError' | 'DatabaseError';

/** Thrown where Odoo's own code raises; its endpoints answer by the type and the text. */
export class PythonError extends Error {
  constructor(
    readonly type: PythonErrorType,
    message: string,
  ) {
    super(message);
    this.name = 'PythonError';
  }
}

export function isPyList(value: PyValue | undefined): value is readonly PyValue[] {
  return Array.isArray(value);
}

export function isPyDict(value: PyValue | undefined): value is PyDict {
  return value instanceof Map;
}

export function typeName(value: PyValue): string {
  if (value === null) return 'NoneType';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return 'int';
  if (typeof value === 'string') return 'str';
  if (value instanceof PyFloat) return 'float';
  return isPyList(value) ? 'list' : 'dict';
}

export function isTruthy(value: PyValue | undefined): boolean {
  if (value === undefined || value === null) return false;
  if (value instanceof PyFloat) return value.value !== 0;
  if (isPyList(value)) return value.length > 0;
  if (isPyDict(value)) return value.size > 0;
  return value !== false && value !== 0 && value !== '';
}

/** int(value): 2.9 is 2, true is 1, "2" is 2. */
export function pythonInt(value: PyValue): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof PyFloat) return Math.trunc(value.value);
  if (typeof value === 'string') {
    const digits = /^\s*([-+]?\d+(?:_\d+)*)\s*$/.exec(value)?.[1];
    if (digits === undefined) {
      throw new PythonError('ValueError', `invalid literal for int() with base 10: ${repr(value)}`);
    }
    return Number(digits.replaceAll('_', ''));
  }
  throw new PythonError(
    'TypeError',
    `int() argument must be a string, a bytes-like object or a real number, not '${typeName(value)}'`,
  );
}

export function repr(value: PyValue): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return reprOfString(value);
  if (value instanceof PyFloat) {
    return Number.isInteger(value.value) ? `${value.value}.0` : String(value.value);
  }
  if (isPyList(value)) return `[${value.map(repr).join(', ')}]`;
  return `{${[...value].map(([key, item]) => `${repr(key)}: ${repr(item)}`).join(', ')}}`;
}

function reprOfString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    .replaceAll(quote, `\\${quote}`);
  return `${quote}${escaped}${quote}`;
}
