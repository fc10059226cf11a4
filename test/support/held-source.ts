// A transaction that has the lock of a source, has taken a number for an event, and does not end until it is told.
import { sql } from 'drizzle-orm';
import { insertEvents } from '../../src/store/events/accept';
import { SOURCE_LOCKS, withSourceLocked } from '../../src/store/events/known';
import { aCopy } from './builders';
import { eventually } from './bridge';
import type { Store } from '../../src/store/database';

export interface HeldSource {
  readonly key: string;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** Resolves when others have looked for such transactions at least so often. */
  untilLookedAt(times: number): Promise<void>;
}

const ROLLED_BACK = new Error('rolled back');

export async function holdSource(store: Store, source: string): Promise<HeldSource> {
  const key = `${source}-held-${Math.random().toString(36).slice(2)}`;
  let end: (how: 'commit' | 'rollback') => void = () => undefined;
  const told = new Promise<'commit' | 'rollback'>((resolve) => (end = resolve));
  let begun: () => void = () => undefined;
  const hasBegun = new Promise<void>((resolve) => (begun = resolve));
  const done = withSourceLocked(store.db, source, async (tx) => {
    await insertEvents(tx, [
      {
        ...aCopy(),
        key,
        source,
        channel: 'pull',
        id: key,
        fingerprint: '00',
        priority: 'medium',
        leaseMs: null,
      },
    ]);
    begun();
    if ((await told) === 'rollback') throw ROLLED_BACK;
  }).catch((error: unknown) => {
    if (error !== ROLLED_BACK) throw error;
  });
  await Promise.race([hasBegun, done]);
  const lookingSince = async () => {
    const { rows } = await store.db.execute<{ at: string }>(sql`
      select max(query_start)::text as at from pg_stat_activity
      where query like '%pg_locks%' and query like ${'%objsubid = 2%'} and pid <> pg_backend_pid()
        and datname = current_database()`);
    return rows[0]!.at;
  };
  return {
    key,
    commit: async () => {
      end('commit');
      await done;
    },
    rollback: async () => {
      end('rollback');
      await done;
    },
    untilLookedAt: async (times) => {
      const seen = new Set<string>();
      await eventually(async () => {
        seen.add(await lookingSince());
        if (seen.size < times) throw new Error(`nobody looks for ${SOURCE_LOCKS}`);
      });
    },
  };
}
