// How the last polls of a source went: the ground of readiness, readable while Temporal is away.
import { eq, sql } from 'drizzle-orm';
import type { Database } from './database';
import { sourceHealth } from './schema';

export interface SourceHealth {
  readonly lastSuccessAtMs: number | null;
  readonly failingSinceMs: number | null;
  readonly lastError: { readonly code: string; readonly message: string; readonly atMs: number } | null;
}

export async function noteSuccess(db: Database, source: string): Promise<void> {
  const values = { lastSuccessAt: sql`now()`, failingSince: null };
  await db
    .insert(sourceHealth)
    .values({ source, ...values })
    .onConflictDoUpdate({ target: sourceHealth.source, set: values });
}

export async function noteFailure(
  db: Database,
  source: string,
  failure: { readonly code: string; readonly message: string },
): Promise<void> {
  const values = { lastErrorAt: sql`now()`, lastErrorCode: failure.code, lastErrorMessage: failure.message };
  await db
    .insert(sourceHealth)
    .values({ source, failingSince: sql`now()`, ...values })
    .onConflictDoUpdate({
      target: sourceHealth.source,
      set: { ...values, failingSince: sql`coalesce(${sourceHealth.failingSince}, now())` },
    });
}

export async function readSourceHealth(db: Database, source: string): Promise<SourceHealth> {
  const [row] = await db.select().from(sourceHealth).where(eq(sourceHealth.source, source));
  if (row === undefined) return { lastSuccessAtMs: null, failingSinceMs: null, lastError: null };
  const { lastErrorAt, lastErrorCode, lastErrorMessage } = row;
  return {
    lastSuccessAtMs: row.lastSuccessAt?.getTime() ?? null,
    failingSinceMs: row.failingSince?.getTime() ?? null,
    lastError:
      lastErrorAt === null || lastErrorCode === null || lastErrorMessage === null
        ? null
        : { code: lastErrorCode, message: lastErrorMessage, atMs: lastErrorAt.getTime() },
  };
}
