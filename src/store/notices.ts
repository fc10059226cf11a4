// What Jisr did by itself and an operator has to know. Never changes one, and takes none away.
import { desc, lt } from 'drizzle-orm';
import type { Database } from './database';
import { notices } from './schema';

export const NOTICE_KINDS = ['subscription-disabled'] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

export interface Notice {
  readonly id: number;
  readonly atMs: number;
  readonly kind: string;
  /** What it is about, such as the id of a subscription. */
  readonly subject: string;
  readonly message: string;
}

export interface NewNotice {
  readonly kind: NoticeKind;
  readonly subject: string;
  readonly message: string;
}

export async function insertNotice(db: Database, notice: NewNotice): Promise<void> {
  await db.insert(notices).values(notice);
}

/** The newest first. `before`: the id of the last one seen. */
export async function listNotices(
  db: Database,
  page: { readonly limitRows: number; readonly before: number | null },
): Promise<readonly Notice[]> {
  const rows = await db
    .select()
    .from(notices)
    .where(page.before === null ? undefined : lt(notices.id, page.before))
    .orderBy(desc(notices.id))
    .limit(page.limitRows);
  return rows.map(({ at, ...same }) => ({ ...same, atMs: at.getTime() }));
}
