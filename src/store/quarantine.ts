// What could not be understood or stored, kept raw. The same thing coming again is counted, not kept twice.
import { and, desc, eq, getTableColumns, lt, sql } from 'drizzle-orm';
import type { Channel } from '../domain/event';
import type { Database } from './database';
import { quarantine } from './schema';

export interface QuarantineEntry {
  readonly channel: Channel;
  readonly reason: string;
  readonly raw: Uint8Array;
  /** SHA-256 of raw, in hex. */
  readonly digest: string;
}

export interface KeptEntry {
  readonly id: number;
  readonly isNew: boolean;
}

/** Keeps all of one source; answers by digest. */
export async function keepInQuarantine(
  db: Database,
  source: string,
  entries: readonly QuarantineEntry[],
): Promise<ReadonlyMap<string, KeptEntry>> {
  if (entries.length === 0) return new Map();
  const distinct = new Map(entries.map((entry) => [`${entry.channel} ${entry.digest}`, entry]));
  const asked = [...distinct.values()].map((entry) => ({
    channel: entry.channel,
    reason: entry.reason,
    raw: Buffer.from(entry.raw).toString('hex'),
    digest: entry.digest,
  }));
  const { rows } = await db.execute<{ id: number; digest: string; times: number }>(sql`
    insert into quarantine (source, channel, reason, raw, digest)
    select ${source}, channel, reason, decode(raw, 'hex'), decode(digest, 'hex')
    from json_to_recordset(${JSON.stringify(asked)}::json) as r(channel text, reason text, raw text, digest text)
    on conflict (source, channel, digest) do update set times = quarantine.times + 1, last_at = now()
    returning id, encode(digest, 'hex') as digest, times`);
  return new Map(rows.map((row) => [row.digest, { id: row.id, isNew: row.times === 1 }]));
}

export interface QuarantinedEntry {
  readonly id: number;
  readonly source: string;
  readonly channel: Channel;
  readonly reason: string;
  readonly status: 'open' | 'discarded' | 'retried';
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  readonly times: number;
}

/** All but what came itself, which can be megabytes. */
const { raw: _raw, digest: _digest, ...LISTED } = getTableColumns(quarantine);

/** The newest first. */
export async function listQuarantine(
  db: Database,
  page: { readonly limitRows: number; readonly before: number | null; readonly source: string | null },
): Promise<readonly QuarantinedEntry[]> {
  const rows = await db
    .select(LISTED)
    .from(quarantine)
    .where(
      and(
        page.before === null ? undefined : lt(quarantine.id, page.before),
        page.source === null ? undefined : eq(quarantine.source, page.source),
      ),
    )
    .orderBy(desc(quarantine.id))
    .limit(page.limitRows);
  return rows.map(toEntry);
}

export async function readQuarantine(
  db: Database,
  id: number,
): Promise<(QuarantinedEntry & { readonly raw: Uint8Array }) | null> {
  const [row] = await db.select().from(quarantine).where(eq(quarantine.id, id));
  return row === undefined ? null : { ...toEntry(row), raw: row.raw };
}

function toEntry(row: Omit<typeof quarantine.$inferSelect, 'raw' | 'digest'>): QuarantinedEntry {
  const { id, source, channel, reason, status, firstAt, lastAt, times } = row;
  return {
    id,
    source,
    channel,
    reason,
    status,
    firstAtMs: firstAt.getTime(),
    lastAtMs: lastAt.getTime(),
    times,
  };
}
