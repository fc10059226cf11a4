// What a commit adds to the counters and to the states of the models. Pure.
import { countedCategory, CounterTally } from '../store/counters';
import type { ModelProgress } from '../store/sync-states';
import type { ArrivalToCommit } from './accepted';
import type { DecidedEvent, Decision } from './decide';

export interface Committed {
  readonly arrivals: readonly ArrivalToCommit[];
  readonly decision: Decision;
  readonly duplicates: number;
  readonly quarantined: number;
  readonly renamed: number;
}

export function tallyOf(source: string, committed: Committed): CounterTally {
  const { arrivals, decision, duplicates, quarantined, renamed } = committed;
  const tally = new CounterTally();
  for (const { channel } of arrivals) tally.add(source, channel === 'pull' ? 'pulled' : 'pushed', 1);
  tally.add(source, 'accepted', decision.created.length);
  tally.add(source, 'state:pending', decision.created.length);
  tally.add(source, 'duplicates', duplicates);
  tally.add(source, 'quarantined', quarantined);
  tally.add(source, 'quarantined_copies', arrivals.length - decision.created.length - duplicates);
  tally.add(source, 'renamed_keys', renamed);
  for (const event of decision.created) countAs(event, 1);
  // A further copy may raise the priority and name the category.
  for (const event of decision.merged) {
    countAs(event.known, -1);
    countAs(event, 1);
  }
  return tally;

  function countAs({ priority, category }: Pick<DecidedEvent, 'priority' | 'category'>, by: 1 | -1): void {
    tally.add(source, `priority:${priority}`, by);
    tally.add(source, `category:${countedCategory(category)}`, by);
  }
}

/** Per model, in the order of the names. */
export function progressOf(
  created: readonly DecidedEvent[],
  keyOf: (event: DecidedEvent) => string,
): readonly ModelProgress[] {
  const models = new Map<string, ModelProgress>();
  for (const event of created) {
    const { model, occurredAtMs } = event;
    const before = models.get(model);
    models.set(model, {
      model,
      events: (before?.events ?? 0) + 1,
      lastEventKey: keyOf(event),
      lastOccurredAtMs: Math.max(before?.lastOccurredAtMs ?? occurredAtMs, occurredAtMs),
    });
  }
  return [...models.values()].sort((a, b) => (a.model < b.model ? -1 : 1));
}
