// The inbox read along by Server-Sent Events: places, filters, heartbeats, limits, and what a wrong wish is told.
import { createIntake } from '../../src/intake/accept';
import { listEvents } from '../../src/store/events/read';
import { eventually } from '../support/bridge';
import { anArrival, aSource } from '../support/builders';
import { describeOnBothEngines, type TestStore } from '../support/stores';
import { startApi, type RunningApi } from './running-api';
import { readStream, type StreamReader } from './stream-reader';

describeOnBothEngines('the live stream', (open, engine) => {
  let store: TestStore;
  let api: RunningApi;
  let next = 0;
  const readers: StreamReader[] = [];

  beforeAll(async () => {
    store = await open();
    api = await startApi({ store }, { heartbeatMs: 100, slowMs: 60_000 });
  }, 60_000);
  beforeEach(() => store.empty());
  afterEach(() => {
    for (const reader of readers.splice(0)) reader.close();
  });
  afterAll(async () => {
    await api.close();
    await store.close();
  });

  const read = async (query = '', headers: Record<string, string> = {}) => {
    const reader = await readStream(api.url, query, headers);
    readers.push(reader);
    return reader;
  };
  /** A hundred a transaction. */
  const accept = async (n: number, over: Parameters<typeof anArrival>[0] = {}, source = 'main') => {
    const intake = createIntake(store.db, store.inboxBell.ring);
    for (let left = n; left > 0; left -= 100) {
      const arrivals = Array.from({ length: Math.min(left, 100) }, () =>
        anArrival({ eventId: String(++next), recordId: next, ...over }),
      );
      await intake.accept(aSource({ name: source, keyPrefix: '' }), 'push', arrivals, null);
    }
  };
  const inbox = async (filter: Parameters<typeof listEvents>[1] = {}) =>
    (await listEvents(store.db, filter, { order: 'asc', limitRows: 10_000, after: null })).map(
      ({ seq }) => seq,
    );
  const gets = (reader: StreamReader, seqs: readonly number[]) =>
    eventually(() => {
      expect(reader.seqs()).toEqual(seqs);
    });

  test('what is accepted from now on comes, once, in order, with its place', async () => {
    await accept(3);
    const reader = await read();
    await eventually(() => {
      expect(reader.lastId()).toBe('3');
    });
    await accept(250);
    await gets(reader, (await inbox()).slice(3));
    expect(reader.messages.every(({ id, data }) => data === null || id === String(data['seq']))).toBe(true);
  });

  test('an event is what a list shows, with its place and its type', async () => {
    await accept(1);
    const reader = await read('last_event_id=0');
    await gets(reader, [1]);
    const { events } = (await api.get('/api/v1/events')).body as { events: object[] };
    const [data] = reader.messages.flatMap((message) => message.data ?? []);
    expect(data).toEqual({ seq: 1, type: 'odoo.res_partner.updated', ...events[0] });
  });

  test('with payload=true it has the payload', async () => {
    await accept(1, { payload: { name: 'Deco' } });
    const reader = await read('last_event_id=0&payload=true');
    await eventually(() => {
      expect(reader.messages.at(-1)?.data).toMatchObject({ seq: 1, payload: { name: 'Deco' } });
    });
  });

  test('who connects again with the last id has no gap and none twice', async () => {
    const seen: number[] = [];
    let lastId = '0';
    const accepting = accept(1_200);
    while (seen.length < 1_200) {
      const reader = await read('last_event_id=0', lastId === '0' ? {} : { 'last-event-id': lastId });
      await eventually(() => {
        expect(reader.seqs().length).toBeGreaterThan(0);
      });
      reader.close();
      await reader.ended;
      seen.push(...reader.seqs());
      lastId = reader.lastId();
    }
    await accepting;
    expect(seen).toEqual(await inbox());
  });

  test('a place outlives a restart of the api, and what came meanwhile is not lost', async () => {
    const first = await startApi({ store });
    const before = await readStream(first.url, 'last_event_id=0');
    await accept(5);
    await gets(before, [1, 2, 3, 4, 5]);
    await first.close();
    await before.ended;
    // It tells when to come again.
    expect(before.retries).toEqual([1_000, 1_000]);
    await accept(5);
    const after = await read('', { 'last-event-id': before.lastId() });
    await gets(after, [6, 7, 8, 9, 10]);
  });

  test.each([
    ['source=hq', { source: 'hq' }],
    ['model=sale.order', { model: 'sale.order' }],
    ['operation=unlink&channel=push', { operation: 'unlink' }],
    ['priority=high', { priority: 'high' }],
    ['record_id=777', { recordId: 777 }],
    ['channel=pull', { channel: 'pull' }],
  ] as const)('%s lets only those through', async (query, filter) => {
    await accept(1);
    await accept(2, {}, 'hq');
    await accept(2, { model: 'sale.order' });
    await accept(2, { operation: 'unlink' });
    await accept(2, { priority: 'high' });
    await accept(2, { recordId: 777 });
    const reader = await read(`last_event_id=0&${query}`);
    const expected = await inbox(filter);
    expect(expected).toHaveLength(query === 'channel=pull' ? 0 : 2);
    // An id without an event says that all were looked at.
    await eventually(() => {
      expect(reader.lastId()).toBe('11');
    });
    expect(reader.seqs()).toEqual(expected);
  });

  test('where nothing comes, a comment does', async () => {
    const reader = await read();
    await eventually(() => {
      expect(reader.comments.length).toBeGreaterThan(2);
    });
    expect(reader.messages).toEqual([{ id: '0', data: null }]);
  });

  test('nothing on the way may keep it', async () => {
    const { response } = await read();
    expect(response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
  });

  test('HEAD gets the headers and an end', async () => {
    const { status, body } = await api.call('HEAD', '/api/v1/events/stream');
    expect([status, body]).toEqual([200, null]);
  });

  test('without the key there is no stream', async () => {
    const { status } = await read('', { authorization: '' });
    expect(status).toBe(401);
  });

  test.each([
    ['status=pending', {}, 'query.status'],
    ['since=2026-11-24T02:00:00Z', {}, 'query.since'],
    ['modle=res.partner', {}, 'query.modle'],
    ['operation=copy', {}, 'query.operation'],
    ['payload=yes', {}, 'query.payload'],
    ['last_event_id=-1', {}, 'query.last_event_id'],
    ['last_event_id=99', {}, 'before your place 99'],
    ['', { 'last-event-id': 'abc' }, 'header.last-event-id'],
    ['last_event_id=0', { 'last-event-id': '99' }, 'before your place 99'],
  ])('%s %j is refused', async (query, headers, where) => {
    const { status, body } = await api.call('GET', `/api/v1/events/stream?${query}`, { headers });
    expect(status).toBe(400);
    expect(body).toMatchObject({ detail: expect.stringContaining(where) as unknown });
  });

  test('above its limit a process sends readers away, and takes the next when one has left', async () => {
    const small = await startApi({ store }, { maxReaders: 2 });
    const one = await readStream(small.url);
    const two = await readStream(small.url);
    const { status, headers } = await small.get('/api/v1/events/stream');
    expect([status, headers.get('retry-after')]).toEqual([503, '5']);
    one.close();
    await eventually(async () => {
      const three = await readStream(small.url);
      three.close();
      expect(three.status).toBe(200);
    });
    two.close();
    await small.close();
  });

  // Payloads that together are more than the kernel's buffers take.
  const MANY = 1_500;
  const LARGE = { payload: { text: 'x'.repeat(20_000) } };

  test('a client that does not read is not read for, and gets all when it does', async () => {
    await accept(MANY, LARGE);
    const reader = await read('last_event_id=0&payload=true');
    reader.response.pause();
    const given = () => [api.waitingBytes(), api.sentBytes()];
    let [waiting, sent] = [-1, -1];
    // Something waits, and nothing more is read for it.
    await eventually(() => {
      const before = [waiting, sent];
      [waiting = 0, sent = 0] = given();
      expect([waiting, sent]).toEqual(before);
      expect(waiting).toBeGreaterThan(0);
    });
    expect(waiting).toBeLessThan(100_000);
    expect(sent).toBeLessThan(MANY * 20_000);
    reader.response.resume();
    await gets(reader, await inbox());
  }, 60_000);

  // The engine makes no difference to it.
  if (engine === 'postgres')
    test('a client that takes nothing for too long is cut off', async () => {
      const strict = await startApi({ store }, { heartbeatMs: 100, slowMs: 500 });
      await accept(MANY, LARGE);
      const reading = await readStream(strict.url);
      const sleeping = await readStream(strict.url, 'last_event_id=0&payload=true');
      sleeping.response.pause();
      await eventually(() => {
        expect(strict.connections()).toBe(1);
      });
      // Who reads and gets nothing stays.
      expect(reading.response.closed).toBe(false);
      reading.close();
      sleeping.close();
      await strict.close();
    }, 60_000);
});
