// The kinds of values that queries and bodies hold. Messages say what is expected, for the `errors` of a problem.
// Never accepts a text that the database refuses.
import { z } from 'zod';

/** PostgreSQL stores neither NUL nor half of a surrogate pair; a workflow would retry such a write for ever. */
const UNSTORABLE = /[\0\p{Surrogate}]/u;

function textUpTo(characters: number) {
  const expected = `a text of 1 to ${characters} characters, given once`;
  return z
    .string(expected)
    .min(1, expected)
    .max(characters, expected)
    .refine((text) => !UNSTORABLE.test(text), 'a text without NUL and lone surrogates');
}

export const text = textUpTo(200);

/** Why a person does what they do. */
export const requiredReason = textUpTo(500);

/** The same where it may be left out. */
export const reason = requiredReason.nullish();

export function oneOf<const Values extends readonly [string, ...string[]]>(values: Values) {
  return z.enum(values, `one of ${values.join(', ')}`);
}

export function whole(kind: string, { least, most }: { readonly least: number; readonly most: number }) {
  const expected = `${kind} from ${least} to ${most}`;
  return z.int(expected).min(least, expected).max(most, expected);
}

const RECORD_ID = 'a whole number';
export const recordId = z
  .string(RECORD_ID)
  .regex(/^\d{1,15}$/, RECORD_ID)
  .transform(Number);

/** RFC 3339, as epoch ms. */
const TIME = 'a time from 1970 on, such as 2026-11-24T02:00:00Z';
export const time = z.iso
  .datetime({ offset: true, error: TIME })
  .transform((value) => Date.parse(value))
  .refine((ms) => ms >= 0, TIME);

const LIMIT = 'a whole number from 1 to 1000';
export const limit = z
  .string(LIMIT)
  .regex(/^([1-9]\d{0,2}|1000)$/, LIMIT)
  .transform(Number)
  .default(100);

/** Opaque to callers: the place of the last row they saw. */
const CURSOR = 'the `next` of the page before';
const cursor = z
  .string(CURSOR)
  .transform((encoded) => Buffer.from(encoded, 'base64url').toString())
  .pipe(z.string().regex(/^\d{1,15}$/, CURSOR))
  .transform(Number);

export function cursorTo(place: number): string {
  return textCursorTo(String(place));
}

/**
 * A page of a list, and where the next one begins.
 *
 * @param rows one more than the page takes, where there are more
 */
export function pageOf<T>(
  rows: readonly T[],
  limitRows: number,
  cursorOf: (last: T) => string,
): { readonly page: readonly T[]; readonly next: string | null } {
  const page = rows.slice(0, limitRows);
  const last = rows.length > limitRows ? page.at(-1) : undefined;
  return { page, next: last === undefined ? null : cursorOf(last) };
}

/** What every list takes. */
export const pageFields = { limit, cursor: cursor.optional() };

/** The same for lists whose place is a text. */
export const textCursor = z
  .string(CURSOR)
  .transform((encoded) => Buffer.from(encoded, 'base64url').toString())
  .refine((place) => !UNSTORABLE.test(place), CURSOR);

export function textCursorTo(place: string): string {
  return Buffer.from(place).toString('base64url');
}
