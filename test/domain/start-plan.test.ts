import type { Processing } from '../../src/domain/processing';
import { MAX_BATCH_EVENTS, planStarts, type RecordQueue } from '../../src/domain/start-plan';

interface Event {
  readonly key: string;
  readonly processing: Processing;
  readonly isLeased: boolean;
  readonly ids: readonly { readonly channel: string; readonly id: string }[];
}

const LIMITS = { single: 100, batches: 3, listBytes: 16_000 };

function anEvent(key: string, over: Partial<Event> = {}): Event {
  return { key, processing: 'in_batches', isLeased: false, ids: [{ channel: 'pull', id: key }], ...over };
}

function queue(recordId: number, events: readonly Event[], source = 'main'): RecordQueue<Event> {
  const record = { source, model: 'res.partner', recordId, rank: 3, processing: 'in_batches' as const };
  return { record: { ...record, waiting: events.length }, events };
}

const many = (count: number) => Array.from({ length: count }, (_, n) => anEvent(String(n + 1)));
const keys = (batches: readonly (readonly RecordQueue<Event>[])[]) =>
  batches.map((batch) => batch.flatMap(({ events }) => events.map(({ key }) => key)));

test('records fill a batch in their order, and the next begins with a whole record', () => {
  const queues = Array.from({ length: 120 }, (_, n) => queue(n, [anEvent(`${n}a`), anEvent(`${n}b`)]));
  const { batches } = planStarts(queues, LIMITS);
  expect(batches.map((batch) => batch.length)).toEqual([100, 20]);
  expect(keys(batches)[1]![0]).toBe('100a');
});

test('a record that does not fit ends with the batch; the rest of it waits', () => {
  const { batches } = planStarts([queue(1, many(MAX_BATCH_EVENTS + 50)), queue(2, [anEvent('x')])], LIMITS);
  expect(keys(batches)).toEqual([many(MAX_BATCH_EVENTS).map(({ key }) => key), ['x']]);
});

test('a batch holds one source', () => {
  const { batches } = planStarts(
    [queue(1, [anEvent('1')]), queue(2, [anEvent('hq/2')], 'hq'), queue(3, [anEvent('3')])],
    LIMITS,
  );
  expect(keys(batches)).toEqual([['1', '3'], ['hq/2']]);
});

test('there are no more batches than allowed', () => {
  const queues = ['a', 'b', 'c', 'd'].map((source, n) => queue(n, [anEvent(source)], source));
  expect(keys(planStarts(queues, LIMITS).batches)).toEqual([['a'], ['b'], ['c']]);
  expect(planStarts(queues, { ...LIMITS, batches: 0 }).batches).toEqual([]);
});

test('the lists of a batch stay below what the server takes, whatever the ids are made of', () => {
  const strange = Array.from({ length: 100 }, (_, n) => queue(n, [anEvent(`é"\\ ${n}`)]));
  const { batches } = planStarts(strange, { ...LIMITS, listBytes: 1_900 });
  expect(batches.length).toBeGreaterThan(1);
  for (const batch of batches) {
    const ids = batch.flatMap(({ events }) =>
      events.flatMap((event) => event.ids.map(({ id }) => `pull:${id}`)),
    );
    const records = batch.map(({ record }) => `res.partner/${record.recordId}`);
    expect(Buffer.byteLength(JSON.stringify(ids))).toBeLessThanOrEqual(1_900);
    expect(Buffer.byteLength(JSON.stringify(records))).toBeLessThanOrEqual(1_900);
  }
});

test('one event goes in a batch however long its id is', () => {
  const { batches } = planStarts([queue(1, [anEvent('x'.repeat(3_000))]), queue(2, [anEvent('y')])], {
    ...LIMITS,
    listBytes: 1_900,
  });
  expect(batches.map((batch) => batch.length)).toEqual([1, 1]);
});

test('what goes alone, or is being started, ends what a record gives to a batch', () => {
  const alone = anEvent('alone', { processing: 'individually' });
  const leased = anEvent('leased', { isLeased: true });
  const { single, batches } = planStarts(
    [
      queue(1, [anEvent('1'), alone, anEvent('3')]),
      queue(2, [alone, anEvent('4')]),
      queue(3, [leased, anEvent('5')]),
      queue(4, [anEvent('6'), leased]),
    ],
    LIMITS,
  );
  expect(keys(batches)).toEqual([['1', '6']]);
  expect(single.map(({ event }) => event.key)).toEqual(['alone']);
});
