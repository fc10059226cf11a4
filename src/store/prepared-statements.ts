// Statements of the hot paths are prepared by name: the server parses and plans each once per connection, not
// each time. Never for lists by filter: their texts are many, and their plans depend on what is asked for.
import { createHash } from 'node:crypto';
import type { PoolClient } from 'pg';

/** Clients whose statements are prepared at the moment. */
const preparing = new WeakSet<PoolClient>();
const names = new Map<string, string>();

/** To be called once per client, before anything else uses it. */
export function canPrepare(client: PoolClient): void {
  const send = client.query.bind(client);
  Object.assign(client, {
    query: (statement: unknown, values: unknown, ...rest: unknown[]): unknown =>
      Reflect.apply(send, client, [
        preparing.has(client) ? named(statement, values) : statement,
        values,
        ...rest,
      ]),
  });
}

/** Prepares what `work` sends. Its texts must not vary with the data. */
export async function preparingStatements<T>(client: PoolClient, work: () => Promise<T>): Promise<T> {
  preparing.add(client);
  try {
    return await work();
  } finally {
    preparing.delete(client);
  }
}

/** As drizzle sends them: an object with the text, and the values beside it. */
function named(statement: unknown, values: unknown): unknown {
  const hasValues = Array.isArray(values) && values.length > 0;
  const isObject = typeof statement === 'object' && statement !== null && 'text' in statement;
  if (!hasValues || !isObject || typeof statement.text !== 'string') return statement;
  return { ...statement, name: nameOf(statement.text) };
}

function nameOf(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = createHash('sha256').update(text).digest('hex').slice(0, 32);
  names.set(text, name);
  return name;
}
