// What was set at run time. It outlives restarts and the loss of Temporal's store, and wins over the
// configuration.
import { eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from './database';
import { settings } from './schema';

const sourceSettings = z.object({
  paused: z.boolean(),
  pausedReason: z.string().nullable(),
  /** Null: as configured. */
  intervalMs: z.number().nullable(),
  limitRows: z.number().nullable(),
});
export type SourceSettings = Readonly<z.infer<typeof sourceSettings>>;

const processingSettings = z.object({ paused: z.boolean(), reason: z.string().nullable() });
export type ProcessingSettings = Readonly<z.infer<typeof processingSettings>>;

const retentionSettings = z.object({ cleanSeq: z.number() });

const NOTHING_SET: SourceSettings = { paused: false, pausedReason: null, intervalMs: null, limitRows: null };

export async function readSourceSettings(db: Database, source: string): Promise<SourceSettings> {
  const value = await read(db, `source/${source}`);
  return value === undefined ? NOTHING_SET : sourceSettings.parse(value);
}

export async function writeSourceSettings(
  db: Database,
  source: string,
  value: SourceSettings,
): Promise<void> {
  await write(db, `source/${source}`, { ...value });
}

export async function readProcessingSettings(db: Database): Promise<ProcessingSettings> {
  const value = await read(db, 'processing');
  return value === undefined ? { paused: false, reason: null } : processingSettings.parse(value);
}

export async function writeProcessingSettings(db: Database, value: ProcessingSettings): Promise<void> {
  await write(db, 'processing', { ...value });
}

/** Up to this event nothing is left to drop: the next run begins behind it. */
export async function readCleanSeq(db: Database): Promise<number> {
  const value = await read(db, 'retention');
  return value === undefined ? 0 : retentionSettings.parse(value).cleanSeq;
}

export async function writeCleanSeq(db: Database, cleanSeq: number): Promise<void> {
  await write(db, 'retention', { cleanSeq });
}

async function read(db: Database, name: string): Promise<unknown> {
  const [row] = await db.select().from(settings).where(eq(settings.name, name));
  return row?.value;
}

async function write(
  db: Database,
  name: string,
  value: Readonly<Record<string, boolean | number | string | null>>,
): Promise<void> {
  await db
    .insert(settings)
    .values({ name, value })
    .onConflictDoUpdate({ target: settings.name, set: { value, updatedAt: sql`now()` } });
}
