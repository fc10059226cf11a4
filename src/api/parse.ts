// Turns a query string or a body into typed values, or into a problem that names every wrong one.
// Never lets an unknown name pass: a typo would silently list everything.
import type { Request } from 'express';
import { z } from 'zod';
import { Problem, type WrongValue } from './problem';

export function parseQuery<Schema extends z.ZodObject>(
  schema: Schema,
  request: Pick<Request, 'query'>,
): z.output<Schema> {
  return parse('query', schema, request.query);
}

/** An empty body counts as an empty object. */
export function parseBody<Schema extends z.ZodObject>(schema: Schema, body: unknown): z.output<Schema> {
  return parse('body', schema, body ?? {});
}

const nothing = z.strictObject({});

/** For paths that take no parameters. */
export function expectNoQuery(request: Pick<Request, 'query'>): void {
  parseQuery(nothing, request);
}

type Part = 'query' | 'body';

function parse<Schema extends z.ZodObject>(part: Part, schema: Schema, sent: unknown): z.output<Schema> {
  const result = schema.safeParse(sent, { reportInput: true });
  if (result.success) return result.data;
  const known = Object.keys(schema.shape);
  const errors = result.error.issues.flatMap((issue) => wrongValues(part, issue, known));
  const places = errors.map(({ where }) => where).join(', ');
  throw new Problem(400, `correct ${places}: \`errors\` says what is expected`, { errors });
}

function wrongValues(part: Part, issue: z.core.$ZodIssue, known: readonly string[]): readonly WrongValue[] {
  if (issue.code === 'unrecognized_keys') {
    const isTop = issue.path.length === 0;
    const names = !isTop
      ? issue.message
      : known.length === 0
        ? 'no parameters here'
        : `one of ${known.join(', ')}`;
    const path = [part, ...issue.path.map(String)].join('.');
    return issue.keys.map((key) => ({ where: `${path}.${key}`, found: 'an unknown name', expected: names }));
  }
  const where = [part, ...issue.path.map(String)].join('.');
  const isWhole = issue.path.length === 0 && issue.code === 'invalid_type';
  return [{ where, found: shown(issue.input), expected: isWhole ? 'a JSON object' : issue.message }];
}

const SHOWN_CHARACTERS = 100;

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
