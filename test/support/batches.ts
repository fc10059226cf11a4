// The stage for batches: every event goes in one, and the changes are of a few records.
import type { EventCopy } from '../../src/domain/event';
import type { SubscriptionFilter } from '../../src/domain/subscription';
import type { ReceivedWebhook } from '../../src/demo/subscriber';
import { setStage } from './stage';
import type { TestStore } from './stores';
import { subscribe } from './subscriptions';

export function setBatchStage(openStore: () => Promise<TestStore>) {
  const stage = setStage(openStore, {
    JISR_DELIVERY_SCHEDULE: '0,0.2,0.2',
    JISR_PROCESSING: 'in_batches',
  });
  return {
    ...stage,
    /** A subscription at a path of its own. */
    wanted: (name = 'crm', filter: SubscriptionFilter = {}) =>
      subscribe(stage.store(), { name, url: `${stage.subscriber().url}/${name}`, filter }),
    allProcessed: (count: number) =>
      stage.statesBecome({ processed: count, pending: 0, processing: 0, delivering: 0, dead_letter: 0 }),
    /** The keys of what came, in the order in which it came. */
    received: (path = '/crm') =>
      stage
        .subscriber()
        .received.filter((webhook) => webhook.path === path)
        .map(keyOf),
    /** How many different webhook-ids came. */
    ids: () => new Set(stage.subscriber().received.map(({ id }) => id)).size,
  };
}

/** Changes of each record, one record after the other: the events of record 1 are 1, 1 + records, … */
export const changes = (records: number, ofEach = 3): readonly Partial<EventCopy>[] =>
  Array.from({ length: records * ofEach }, (_, n) => ({
    eventId: String(n + 1),
    recordId: (n % records) + 1,
    payload: { n },
  }));

export const recordOf = (key: string, records: number) => ((Number(key) - 1) % records) + 1;

export function keyOf({ body }: Pick<ReceivedWebhook, 'body'>): string {
  return (JSON.parse(body) as { data: { key: string } }).data.key;
}

/** An event that came twice may stand beside itself, never behind a later one of its record. */
export function expectOrderPerRecord(keys: readonly string[], records: number): void {
  for (let record = 1; record <= records; record += 1) {
    const ofRecord = keys.filter((key) => recordOf(key, records) === record).map(Number);
    expect(ofRecord).toEqual([...ofRecord].sort((a, b) => a - b));
  }
}
