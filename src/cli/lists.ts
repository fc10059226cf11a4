// Lists: one page, or all of them. In JSON as the bridge answers, for people as a table.
import { z } from 'zod';
import { isObject, type JsonObject, type Query } from './client';
import type { Desk } from './desk';
import { CliFailure } from './io';
import type { PageOptions } from './options';
import type { Cell } from './screen/table';

export interface Listed<Item> {
  readonly path: string;
  /** The member of the answer that holds them. */
  readonly plural: string;
  readonly query?: Query;
  readonly item: z.ZodType<Item>;
  readonly titles: readonly string[];
  readonly row: (item: Item) => readonly Cell[];
  /** When there are none. */
  readonly none: string;
  /** Says more of those that are shown to people. */
  readonly below?: (shown: readonly Item[]) => Promise<void>;
}

export async function showList<Item>(desk: Desk, listed: Listed<Item>, pages: PageOptions): Promise<void> {
  const { items, next } = await readPages(desk, listed, pages);
  if (desk.isJson) {
    desk.json({ [listed.plural]: items, next });
    return;
  }
  const shown = items.map((item) => understood(listed.item, item));
  if (shown.length === 0) desk.note(listed.none);
  else desk.table(listed.titles, shown.map(listed.row));
  if (next !== null) desk.note(`there is more: --cursor ${next} goes on, --all shows all`);
  await listed.below?.(shown);
}

export async function readPages(
  { client }: Pick<Desk, 'client'>,
  { path, plural, query }: Pick<Listed<unknown>, 'path' | 'plural' | 'query'>,
  { limit, cursor, all }: Pick<PageOptions, 'limit' | 'cursor' | 'all'>,
): Promise<{ readonly items: readonly JsonObject[]; readonly next: string | null }> {
  const items: JsonObject[] = [];
  let at = cursor;
  do {
    const page = await client.get(path, {
      ...query,
      limit: limit ?? (all === true ? 1000 : undefined),
      cursor: at,
    });
    const { [plural]: found, next } = page;
    if (!Array.isArray(found)) throw notUnderstood(`${plural} is no list`);
    items.push(...found.filter(isObject));
    at = typeof next === 'string' ? next : undefined;
  } while (all === true && at !== undefined);
  return { items, next: at ?? null };
}

/** What the bridge answered, as this command line knows it. */
export function understood<T>(schema: z.ZodType<T>, answer: unknown): T {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  throw notUnderstood(z.prettifyError(result.error).replaceAll('\n', ' '));
}

function notUnderstood(why: string): CliFailure {
  const next = 'bring both to one version, or add --output json to see it as it is';
  return new CliFailure(`the bridge answers otherwise than this command line expects (${why}): ${next}`);
}
