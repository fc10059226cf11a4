// The table of identity: copies in order of acceptance, and which events they are.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Channel, EventCopy, Json, JsonObject, Operation } from '../../src/domain/event';
import { comparableId, keysFor } from '../../src/domain/event-key';
import { createIntake, type Intake } from '../../src/intake/accept';
import { sha256 } from '../../src/intake/fingerprint';
import { listEvents } from '../../src/store/events/read';
import { aCopy, aSource } from '../support/builders';
import { describeOnBothEngines, type TestStore } from '../support/stores';

interface Vector {
  readonly title: string;
  readonly shared_event_ids?: boolean;
  readonly copies: readonly {
    readonly channel: Channel;
    readonly id: string | null;
    readonly model: string;
    readonly record_id: number;
    readonly operation: Operation;
    readonly occurred_at: string;
    readonly payload: Json;
  }[];
  readonly expect: {
    readonly events: number;
    readonly copies: readonly { readonly event: number; readonly duplicate: boolean }[];
  };
}

const read = (name: string): unknown =>
  JSON.parse(readFileSync(join(__dirname, '../fixtures/identity', name), 'utf8'));
const vectors = read('vectors.json') as Vector[];

/** As the parsers of the wire do it. */
function copyOf(copy: Vector['copies'][number]): EventCopy {
  const { _webhook_metadata: _metadata, ...payload } = (copy.payload || {}) as JsonObject;
  return aCopy({
    eventId: copy.id,
    model: copy.model,
    recordId: copy.record_id,
    operation: copy.operation,
    occurredAtMs: Date.parse(copy.occurred_at),
    payload: Object.keys(payload).length === 0 ? null : payload,
  });
}

test.each(read('keys.json') as { event_id: string; key: string }[])(
  'event_id $event_id gets key $key',
  ({ event_id, key }) => {
    const id = comparableId(aCopy({ eventId: event_id }), 'main', 'f', sha256);
    expect(keysFor(id, { fingerprint: 'f', occurredAtMs: 0 }, '', sha256).next().value).toBe(key);
  },
);

describeOnBothEngines('identity', (open) => {
  let store: TestStore;
  let intake: Intake;
  beforeAll(async () => {
    store = await open();
  });
  beforeEach(async () => {
    await store.empty();
    intake = createIntake(store.db);
  });
  afterAll(() => store.close());

  const source = (vector: Vector) => aSource({ sharedEventIds: vector.shared_event_ids ?? false });
  const acceptAll = async (vector: Vector, groups: readonly (readonly Vector['copies'][number][])[]) => {
    const results = [];
    for (const group of groups) {
      const arrivals = group.map((copy) => ({ kind: 'event' as const, copy: copyOf(copy), raw: null }));
      results.push(...(await intake.accept(source(vector), group[0]!.channel, arrivals, null)));
    }
    return results;
  };
  const check = async (vector: Vector, results: Awaited<ReturnType<typeof acceptAll>>) => {
    expect(await listEvents(store.db, {}, { order: 'asc', limitRows: 100, after: null })).toHaveLength(
      vector.expect.events,
    );
    const keys = results.map((result) => (result.kind === 'quarantined' ? 'quarantined' : result.key));
    const firstOf = vector.expect.copies.map((copy) =>
      vector.expect.copies.findIndex((c) => c.event === copy.event),
    );
    expect(keys).toEqual(firstOf.map((place) => keys[place]));
    expect(new Set(keys).size).toBe(vector.expect.events);
    expect(results.map((result) => result.kind === 'duplicate')).toEqual(
      vector.expect.copies.map((c) => c.duplicate),
    );
  };

  test.each(vectors)('$title (one copy at a time)', async (vector) => {
    await check(
      vector,
      await acceptAll(
        vector,
        vector.copies.map((copy) => [copy]),
      ),
    );
  });

  // A page holds copies of one channel; runs of one channel are accepted together.
  test.each(vectors)('$title (in pages)', async (vector) => {
    const pages: Vector['copies'][number][][] = [];
    for (const copy of vector.copies) {
      const last = pages.at(-1);
      if (last?.[0]?.channel === copy.channel) last.push(copy);
      else pages.push([copy]);
    }
    await check(vector, await acceptAll(vector, pages));
  });

  // Callers of both channels that wait at the door together are one transaction.
  test.each(vectors)('$title (all callers at once)', async (vector) => {
    const results = await Promise.all(vector.copies.map((copy) => acceptAll(vector, [[copy]])));
    await check(vector, results.flat());
  });
});
