// What could not be understood or stored, kept raw. The same thing coming again is counted, not kept twice.
import { and, desc, eq, getTableColumns, lt, sql } from 'drizzle-orm';
import type { Channel } from '../domain/event';
import { CounterTally } from './counters';
import type { Database } from './database';
import { quarantine } from './schema';

export interface QuarantineEntry {
  readonly channel: Channel;
  readonly reason: string;
  readonly raw: Uint8Array;
  /** Of a pulled row in Odoo's table; null for pushes. */
  readonly pullId: string | null;
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
    pull_id: entry.pullId,
    digest: entry.digest,
  }));
  const { rows } = await db.execute<{ id: number; digest: string; times: number }>(sql`
    insert into quarantine (source, channel, reason, raw, pull_id, digest)
    select ${source}, channel, reason, decode(raw, 'hex'), pull_id, decode(digest, 'hex')
    from json_to_recordset(${JSON.stringify(asked)}::json) as r(
      channel text, reason text, raw text, pull_id text, digest text)
    on conflict (source, channel, digest) do update set times = quarantine.times + 1, last_at = now()
    returning id, encode(digest, 'hex') as digest, times`);
  return new Map(rows.map((row) => [row.digest, { id: row.id, isNew: row.times === 1 }]));
}

export interface QuarantinedEntry {
  readonly id: number;
  /** Settled long ago: what came is gone. */
  readonly rawDroppedAtMs: number | null;
  readonly source: string;
  readonly channel: Channel;
  /** Of a pulled row in Odoo's table; null for pushes. */
  readonly pullId: string | null;
  readonly reason: string;
  readonly status: QuarantineStatus;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  readonly times: number;
  /** Null while it is open. */
  readonly settled: {
    readonly atMs: number;
    /** The name of the key that asked. */
    readonly by: string;
    readonly reason: string | null;
    /** The event that it became; null when it was discarded. */
    readonly key: string | null;
  } | null;
}

export const QUARANTINE_STATUSES = ['open', 'discarded', 'retried'] as const;
export type QuarantineStatus = (typeof QUARANTINE_STATUSES)[number];

/** All but what came itself, which can be megabytes. */
const { raw: _raw, digest: _digest, ...LISTED } = getTableColumns(quarantine);

/** The newest first. */
export async function listQuarantine(
  db: Database,
  page: {
    readonly limitRows: number;
    readonly before: number | null;
    readonly source: string | null;
    readonly status: QuarantineStatus | null;
  },
): Promise<readonly QuarantinedEntry[]> {
  const rows = await db
    .select(LISTED)
    .from(quarantine)
    .where(
      and(
        page.before === null ? undefined : lt(quarantine.id, page.before),
        page.source === null ? undefined : eq(quarantine.source, page.source),
        // As text of the statement: a parameter would not be seen to fit the index of what is open.
        page.status === null ? undefined : sql.raw(`status = '${page.status}'`),
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

export type Settlement =
  | { readonly status: 'retried'; readonly by: string; readonly reason: string | null; readonly key: string }
  | { readonly status: 'discarded'; readonly by: string; readonly reason: string };

/**
 * Closes an open one. Answers whether it stands as settled so now: what became an event stays retried, also when
 * somebody discarded it in the same moment.
 */
export async function settleQuarantine(db: Database, id: number, settlement: Settlement): Promise<boolean> {
  return db.transaction(async (tx) => {
    const [row] = await tx
      .select({ source: quarantine.source, status: quarantine.status })
      .from(quarantine)
      .where(eq(quarantine.id, id))
      .for('update');
    if (row === undefined || row.status === 'retried') return false;
    if (row.status === 'discarded' && settlement.status === 'discarded') return false;
    const { status, by, reason } = settlement;
    const retriedKey = settlement.status === 'retried' ? settlement.key : null;
    await tx
      .update(quarantine)
      .set({ status, settledAt: sql`now()`, settledBy: by, settledReason: reason, retriedKey })
      .where(eq(quarantine.id, id));
    const tally = new CounterTally();
    if (row.status === 'open') tally.add(row.source, 'quarantined', -1);
    await tally.write(tx);
    return true;
  });
}

function toEntry(row: Omit<typeof quarantine.$inferSelect, 'raw' | 'digest'>): QuarantinedEntry {
  const { id, source, channel, pullId, reason, status, firstAt, lastAt, times, settledAt } = row;
  return {
    id,
    rawDroppedAtMs: row.rawDroppedAt?.getTime() ?? null,
    source,
    channel,
    pullId,
    reason,
    status,
    firstAtMs: firstAt.getTime(),
    lastAtMs: lastAt.getTime(),
    times,
    settled:
      settledAt === null
        ? null
        : {
            atMs: settledAt.getTime(),
            by: row.settledBy ?? '',
            reason: row.settledReason,
            key: row.retriedKey,
          },
  };
}
