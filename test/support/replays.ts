// A bulk act put straight into the store, planned as the interface plans it.
import type { Database } from '../../src/store/database';
import { planEvents } from '../../src/store/replays/plan';
import { createReplay, type NewReplay, type Replay } from '../../src/store/replays/rows';

export async function aReplay(
  db: Database,
  over: Partial<Omit<NewReplay, 'planned' | 'lastSeq'>> = {},
): Promise<Replay> {
  const wanted = {
    act: 'replay' as const,
    scope: 'all' as const,
    subscriptionId: null,
    filter: { source: 'main' },
    ratePerSecond: 20,
    actor: 'admin',
    reason: 'a test',
    ...over,
  };
  const plan = { ...wanted, errorClass: wanted.filter.errorClass ?? null };
  const { count, withoutPayload, lastSeq } = await planEvents(db, wanted.filter, plan);
  return createReplay(db, { ...wanted, planned: count + withoutPayload, lastSeq });
}
