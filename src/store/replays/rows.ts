// Bulk acts as they are kept: planned, looked at, paused, ended. The row, not Temporal, says how far one is.
import { randomBytes } from 'node:crypto';
import { and, desc, eq, inArray, lt, sql } from 'drizzle-orm';
import type { JsonObject } from '../../domain/event';
import {
  isOpen,
  mayBecome,
  type BulkPlan,
  type ReplayState,
  type ReplayWait,
  type RunToTell,
  type SkipCounts,
  type SkipReason,
} from '../../domain/replay';
import { required } from '../../domain/required';
import type { Database } from '../database';
import { replays, subscriptions } from '../schema';
import { readFilter, type ReplayFilter } from './filter';

export interface Replay extends BulkPlan {
  readonly id: string;
  readonly seq: number;
  readonly filter: ReplayFilter;
  /** For people; null where none is named. */
  readonly subscription: string | null;
  /** Events at most. */
  readonly ratePerSecond: number;
  /** The name of the key that asked. */
  readonly actor: string | null;
  readonly reason: string;
  readonly state: ReplayState;
  readonly stateReason: string | null;
  readonly waitsFor: ReplayWait | null;
  readonly planned: number;
  readonly lastSeq: number;
  readonly cursorSeq: number;
  readonly done: number;
  readonly skipped: number;
  readonly skips: SkipCounts;
  readonly toTell: readonly RunToTell[];
  readonly createdAtMs: number;
  readonly endedAtMs: number | null;
}

export type NewReplay = Pick<
  Replay,
  'act' | 'scope' | 'subscriptionId' | 'filter' | 'ratePerSecond' | 'actor' | 'reason' | 'planned' | 'lastSeq'
>;

export async function createReplay(db: Database, { filter, ...wanted }: NewReplay): Promise<Replay> {
  const kept: JsonObject = Object.fromEntries(
    Object.entries(filter).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const id = `r-${randomBytes(6).toString('hex')}`;
  const [row] = await db
    .insert(replays)
    .values({ id, filter: kept, ...wanted })
    .returning({ id: replays.id });
  return required(await readReplay(db, row?.id ?? ''), 'the bulk act that was just written');
}

/** Null when there is none. */
export async function readReplay(db: Database, id: string): Promise<Replay | null> {
  const [row] = await select(db).where(eq(replays.id, id));
  return row === undefined ? null : toReplay(row);
}

/** The same, locked until the transaction ends. */
export async function lockReplay(tx: Database, id: string): Promise<Replay | null> {
  const [row] = await select(tx).where(eq(replays.id, id)).for('update', { of: replays });
  return row === undefined ? null : toReplay(row);
}

/** The newest first. */
export async function listReplays(
  db: Database,
  page: {
    readonly limitRows: number;
    readonly before: number | null;
    readonly state: ReplayState | null;
  },
): Promise<readonly Replay[]> {
  const rows = await select(db)
    .where(
      and(
        page.before === null ? undefined : lt(replays.seq, page.before),
        page.state === null ? undefined : eq(replays.state, page.state),
      ),
    )
    .orderBy(desc(replays.seq))
    .limit(page.limitRows);
  return rows.map(toReplay);
}

/** Those that a workflow must be there for. */
export async function openReplays(db: Database): Promise<readonly Replay[]> {
  const rows = await select(db).where(inArray(replays.state, ['running', 'paused']));
  return rows.map(toReplay);
}

/** `over`: it is done or aborted, and nothing was changed. */
export type StateChange =
  | { readonly kind: 'changed'; readonly replay: Replay }
  | { readonly kind: 'over'; readonly replay: Replay }
  | { readonly kind: 'unknown' };

export async function setReplayState(
  db: Database,
  id: string,
  to: ReplayState,
  reason: string | null,
): Promise<StateChange> {
  return db.transaction(async (tx): Promise<StateChange> => {
    const replay = await lockReplay(tx, id);
    if (replay === null) return { kind: 'unknown' };
    if (!mayBecome(replay.state, to)) return { kind: 'over', replay };
    if (replay.state === to) return { kind: 'changed', replay };
    await tx
      .update(replays)
      .set({
        state: to,
        stateReason: reason,
        waitsFor: null,
        ...(isOpen(to) ? {} : { endedAt: sql`now()` }),
      })
      .where(eq(replays.id, id));
    return { kind: 'changed', replay: (await readReplay(tx, id)) ?? replay };
  });
}

export async function setReplayWait(db: Database, id: string, waitsFor: ReplayWait | null): Promise<void> {
  await db
    .update(replays)
    .set({ waitsFor })
    .where(
      and(
        eq(replays.id, id),
        eq(replays.state, 'running'),
        sql`${replays.waitsFor} is distinct from ${waitsFor}`,
      ),
    );
}

export function withSkips(skips: SkipCounts, more: readonly SkipReason[]): SkipCounts {
  const counts = { ...skips };
  for (const reason of more) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

function select(db: Database) {
  return db
    .select({ row: replays, subscription: subscriptions.name })
    .from(replays)
    .leftJoin(subscriptions, eq(subscriptions.id, replays.subscriptionId));
}

function toReplay({
  row: { filter, createdAt, endedAt, ...row },
  subscription,
}: {
  readonly row: typeof replays.$inferSelect;
  readonly subscription: string | null;
}): Replay {
  const parsed = readFilter(filter);
  return {
    ...row,
    subscription,
    filter: parsed,
    errorClass: parsed.errorClass ?? null,
    createdAtMs: createdAt.getTime(),
    endedAtMs: endedAt?.getTime() ?? null,
  };
}
