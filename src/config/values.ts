// The kinds of values that settings have, from text (environment) or YAML alike.
// Never knows which setting it reads.

import { z } from 'zod';
import { LOG_LEVELS, type LogLevel } from './shape';

export interface ValueKind<T> {
  readonly schema: z.ZodType<T>;
  /** Ends the sentence "expected …". */
  readonly expected: string;
  /** How a problem shows the value that was found; without it, as it stands. */
  readonly show?: (value: unknown) => string;
}

export function wholeNumber(min: number, max: number): ValueKind<number> {
  const digits = z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number);
  return {
    schema: z.union([z.int(), digits]).pipe(z.int().min(min).max(max)),
    expected: `a whole number from ${min} to ${max}`,
  };
}

export const text: ValueKind<string> = { schema: z.string().min(1), expected: 'a text' };

export const secretText: ValueKind<string> = { ...text, show: hidden };

/** With an empty key Odoo sends the word `False`: whoever leaves it empty there must not be let in. */
export const pushSecret: ValueKind<string> = {
  schema: z.string().refine((given) => !/^\s*(false|none)?\s*$/i.test(given)),
  expected: 'a key that is not empty and not the word False',
  show: hidden,
};

export const headerName: ValueKind<string> = {
  schema: z.string().regex(/^[A-Za-z0-9-]{1,100}$/),
  expected: 'the name of a header',
};

export function oneOf<T extends string>(words: readonly T[]): ValueKind<T> {
  return { schema: z.enum(words), expected: `one of ${words.join(', ')}` };
}

/** One word, or a list of YAML. */
export function severalOf<T extends string>(words: readonly T[]): ValueKind<readonly T[]> {
  const word = z.enum(words);
  return {
    schema: z.union([word.transform((one) => [one]), z.array(word).min(1)]),
    expected: `one or several of ${words.join(', ')}`,
  };
}

/** A list of YAML, or a text with commas. */
export function listOf<T>(item: ValueKind<T>, expected: string): ValueKind<readonly T[]> {
  const parts = z.string().transform((given) => given.split(',').map((part) => part.trim()));
  return {
    schema: z
      .union([z.array(z.unknown()), parts, z.number().transform((given) => [given])])
      .pipe(z.array(item.schema)),
    expected,
  };
}

export const flag: ValueKind<boolean> = {
  schema: z.union([
    z.boolean(),
    z.enum(['true', '1']).transform(() => true),
    z.enum(['false', '0']).transform(() => false),
  ]),
  expected: 'true or false',
};

export const logLevel: ValueKind<LogLevel> = {
  schema: z.enum(LOG_LEVELS),
  expected: `one of ${LOG_LEVELS.join(', ')}`,
};

/** `a=1,b=2`, as OpenTelemetry writes headers and attributes: values percent-encoded. */
export const pairs: ValueKind<Readonly<Record<string, string>>> = {
  schema: z
    .string()
    .regex(/^\s*[^=,]+=[^,]*(,[^=,]+=[^,]*)*$/)
    .refine((given) => !/%(?![0-9A-Fa-f]{2})/.test(given))
    .transform(pairsOf),
  expected: 'pairs as name=value with commas between, values percent-encoded',
};

/** The same, kept as it stands. */
export const secretPairs: ValueKind<string> = {
  schema: z.string().refine((given) => pairs.schema.safeParse(given).success),
  expected: pairs.expected,
  show: hidden,
};

export const ratio: ValueKind<number> = {
  schema: z
    .string()
    .regex(/^\d*\.?\d+$/)
    .transform(Number)
    .pipe(z.number().min(0).max(1)),
  expected: 'a number from 0 to 1',
};

export function pairsOf(given: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    given.split(',').map((pair) => {
      const place = pair.indexOf('=');
      return [pair.slice(0, place).trim(), decodeURIComponent(pair.slice(place + 1).trim())];
    }),
  );
}

/** A base address; it loses the slash at its end, so that paths can be appended. */
export const httpUrl: ValueKind<string> = {
  schema: z
    .string()
    .refine(isBaseUrl)
    .transform((url) => url.replace(/\/+$/, '')),
  expected: 'an http:// or https:// address without user, password, ? and #',
  // People do write https://user:password@host.
  show: (value) =>
    JSON.stringify(
      String(value)
        .replace(/\/\/.*@/, '//***@')
        .replace(/\?.*/, '?***'),
    ),
};

export const postgresUrl: ValueKind<string> = {
  schema: z.string().refine((url) => /^postgres(ql)?:\/\//.test(url) && URL.canParse(url)),
  expected: 'postgresql://user:password@host:port/database (with special characters percent-encoded)',
  show: hidden,
};

export const hostAndPort: ValueKind<string> = {
  schema: z.string().regex(/^(\[[0-9a-fA-F:]+\]|[\w.-]+)(:\d{1,5})?$/),
  expected: 'host:port, without http://',
};

function isBaseUrl(value: string): boolean {
  if (!/^https?:\/\//.test(value) || !URL.canParse(value)) return false;
  const url = new URL(value);
  return url.username === '' && url.password === '' && url.search === '' && url.hash === '';
}

function hidden(): string {
  return 'a value that is not shown';
}
