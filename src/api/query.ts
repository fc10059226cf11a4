// Reads query strings and bodies: strictly, so that a typo never silently lists everything.
import { z } from 'zod';

export const limit = z.coerce
  .number('a whole number from 1 to 1000')
  .int('a whole number from 1 to 1000')
  .min(1, 'a whole number from 1 to 1000')
  .max(1000, 'a whole number from 1 to 1000')
  .default(100);

/** RFC 3339, as epoch ms. */
export const time = z.iso
  .datetime({ offset: true, error: 'a time as 2026-11-24T02:00:00Z' })
  .transform((text) => Date.parse(text));

export const text = z.string().min(1, 'a text').max(200, 'at most 200 characters');

export const wholeNumber = z
  .string()
  .regex(/^\d{1,15}$/, 'a whole number')
  .transform(Number);

/** Opaque to callers: the place of the last row they saw. */
export const cursor = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,32}$/, 'the `next` of the page before')
  .transform((encoded) => Buffer.from(encoded, 'base64url').toString())
  .pipe(z.string().regex(/^\d{1,15}$/, 'the `next` of the page before'))
  .transform(Number);

export function cursorTo(seq: number): string {
  return Buffer.from(String(seq)).toString('base64url');
}

/** An empty body counts as an empty object. */
export function bodyOf<T>(schema: z.ZodType<T>, body: unknown): T {
  return schema.parse(body ?? {});
}
