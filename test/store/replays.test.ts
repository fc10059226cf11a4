// The pages of a bulk act: each is one transaction with the act's own place, so that nothing is handed on twice.
import { eq, sql } from 'drizzle-orm';
import { createIntake } from '../../src/intake/accept';
import type { EventCopy } from '../../src/domain/event';
import { readTotals } from '../../src/store/counters';
import { readDeliveries } from '../../src/store/deliveries/read';
import { deadLetterGroups } from '../../src/store/dead-letters';
import { recordAttempts } from '../../src/store/deliveries/record';
import { readEvent } from '../../src/store/events/read';
import { routeEvents } from '../../src/store/events/route';
import { handOnPage } from '../../src/store/replays/hand-on';
import { planEvents } from '../../src/store/replays/plan';
import { openReplays, readReplay, setReplayState } from '../../src/store/replays/rows';
import { returnAll, stillParked, writeTold } from '../../src/store/replays/tell';
import { readTraffic } from '../../src/store/replays/traffic';
import { events, replays } from '../../src/store/schema';
import { anArrival, aSource } from '../support/builders';
import { aReplay } from '../support/replays';
import { describeOnBothEngines, type TestStore } from '../support/stores';
import { subscribe } from '../support/subscriptions';

describeOnBothEngines('bulk acts in the store', (open) => {
  let store: TestStore;
  beforeAll(async () => {
    store = await open();
  }, 60_000);
  beforeEach(async () => {
    await store.empty();
  });
  afterAll(() => store.close());

  const accept = (...copies: Partial<EventCopy>[]) =>
    createIntake(store.db).accept(
      aSource(),
      'pull',
      copies.map((copy) => anArrival(copy)),
      null,
    );
  const runOf = (key: string) => ({ key, runId: `run of ${key}`, workflowId: key });
  /** Accepted, routed, and every delivery tried once. */
  async function settled(key: string, end: 'sent' | 'dead', over: Partial<EventCopy> = {}): Promise<void> {
    await accept({ eventId: key, recordId: Number(key), ...over });
    const [routed] = await routeEvents(store.db, [runOf(key)]);
    for (const { id } of routed!.waiting)
      await recordAttempts(store.db, [
        {
          ...runOf(key),
          id,
          end: { state: end },
          attempt: {
            status: end === 'sent' ? 200 : 404,
            durationMs: 1,
            response: 'no',
            errorClass: end === 'sent' ? null : 'rejected',
            message: 'tried',
          },
        },
      ]);
  }
  const statusOf = async (key: string) => (await readEvent(store.db, key))!.status;
  const deliveriesOf = async (key: string) => readDeliveries(store.db, (await readEvent(store.db, key))!.seq);
  const rowOf = async (id: string) => (await readReplay(store.db, id))!;

  test('a page moves its events, counts and its place together', async () => {
    await subscribe(store, { url: 'http://crm.test' });
    for (const key of ['1', '2', '3']) await settled(key, 'sent');
    const { id } = await aReplay(store.db);
    expect(await handOnPage(store.db, id, 2)).toEqual({ kind: 'page', state: 'running', done: 2, toTell: 0 });
    expect(await Promise.all(['1', '2', '3'].map(statusOf))).toEqual(['pending', 'pending', 'processed']);
    expect((await readTotals(store.db)).states).toMatchObject({ pending: 2, processed: 1 });
    expect(await rowOf(id)).toMatchObject({ done: 2, cursorSeq: 2, state: 'running' });
    expect(await handOnPage(store.db, id, 2)).toMatchObject({ kind: 'page', state: 'done', done: 1 });
    expect(await handOnPage(store.db, id, 2)).toMatchObject({ kind: 'stands' });
    expect(await rowOf(id)).toMatchObject({ done: 3, planned: 3, skipped: 0, state: 'done' });
    expect(await openReplays(store.db)).toEqual([]);
  });

  test('a page that fails leaves nothing behind, neither events nor its place', async () => {
    await subscribe(store, { url: 'http://crm.test' });
    await settled('1', 'sent');
    const { id } = await aReplay(store.db);
    await store.db.execute(sql`alter table event_actions add constraint broken check (replay_id is null)`);
    await expect(handOnPage(store.db, id, 10)).rejects.toThrow();
    await store.db.execute(sql`alter table event_actions drop constraint broken`);
    expect(await statusOf('1')).toBe('processed');
    expect(await rowOf(id)).toMatchObject({ done: 0, cursorSeq: 0 });
    expect(await handOnPage(store.db, id, 10)).toMatchObject({ done: 1 });
  });

  test('two that take the same page at once hand each event on once', async () => {
    await subscribe(store, { url: 'http://crm.test' });
    for (const key of ['1', '2', '3', '4']) await settled(key, 'sent');
    const { id } = await aReplay(store.db);
    await Promise.all([1, 2, 3].map(() => handOnPage(store.db, id, 2)));
    expect(await rowOf(id)).toMatchObject({ done: 4, state: 'done' });
    const { rows } = await store.db.execute<{ notes: number }>(
      sql`select count(*)::int as notes from event_actions where replay_id = ${id}`,
    );
    expect(rows).toEqual([{ notes: 4 }]);
  });

  test('what comes after the plan is none of it', async () => {
    await subscribe(store, { url: 'http://crm.test' });
    await settled('1', 'sent');
    const { id } = await aReplay(store.db);
    await settled('2', 'sent');
    await handOnPage(store.db, id, 10);
    expect(await statusOf('2')).toBe('processed');
    expect(await rowOf(id)).toMatchObject({ done: 1, state: 'done' });
  });

  test('a replay makes the deliveries that are missing; one to one subscription only its own', async () => {
    await settled('1', 'sent');
    const crm = await subscribe(store, { name: 'crm', url: 'http://crm.test' });
    await subscribe(store, { name: 'erp', url: 'http://erp.test' });
    const { id } = await aReplay(store.db, { subscriptionId: crm.id });
    await handOnPage(store.db, id, 10);
    expect((await deliveriesOf('1')).map(({ subscription }) => subscription)).toEqual(['crm']);
    await routeEvents(store.db, [{ ...runOf('1'), runId: 'second' }]);
    expect((await deliveriesOf('1')).map(({ state }) => state)).toEqual(['waiting']);
  });

  test('what cannot be delivered is skipped, with its reason', async () => {
    await settled('1', 'sent');
    await subscribe(store, { url: 'http://crm.test', filter: { models: ['res.partner'] } });
    await settled('2', 'sent');
    await settled('3', 'sent');
    await settled('4', 'sent', { model: 'x.unwanted' });
    await store.db
      .update(events)
      .set({ payload: null, payloadDroppedAt: new Date() })
      .where(eq(events.key, '2'));
    const { id, planned } = await aReplay(store.db);
    expect(planned).toBe(4);
    expect(await planEvents(store.db, { source: 'main' }, await rowOf(id))).toMatchObject({
      count: 3,
      withoutPayload: 1,
    });
    // A run takes one between plan and page.
    await routeEvents(store.db, [{ ...runOf('3'), runId: 'reset' }]);
    await handOnPage(store.db, id, 10);
    expect(await rowOf(id)).toMatchObject({
      done: 1,
      skipped: 3,
      skips: { 'payload-dropped': 1, 'nobody-wants-it': 1, changed: 1 },
      state: 'done',
    });
  });

  test('a dead letter stays one until its run has heard of it; what follows of its record waits', async () => {
    await subscribe(store, { url: 'http://crm.test' });
    await settled('1', 'dead', { recordId: 5 });
    await settled('2', 'sent', { recordId: 6 });
    await settled('3', 'sent', { recordId: 5 });
    const { id } = await aReplay(store.db);
    expect(await handOnPage(store.db, id, 10)).toEqual({
      kind: 'page',
      state: 'running',
      done: 2,
      toTell: 1,
    });
    expect(await Promise.all(['1', '2', '3'].map(statusOf))).toEqual(['dead_letter', 'pending', 'processed']);
    expect((await rowOf(id)).toTell).toEqual([{ key: '1', workflowId: '1', tries: 0 }]);
    // Whoever comes again tells it first.
    expect(await handOnPage(store.db, id, 10)).toMatchObject({ kind: 'stands' });
    expect([...(await stillParked(store.db, ['1']))]).toEqual(['1']);
    await returnAll(store.db, ['1']);
    expect([...(await stillParked(store.db, ['1']))]).toEqual([]);
    await writeTold(store.db, id, [], 0);
    expect(await handOnPage(store.db, id, 10)).toMatchObject({ kind: 'page', state: 'done', done: 1 });
    expect(await rowOf(id)).toMatchObject({ done: 3, skipped: 0 });
  });

  test.each([
    ['in one page', 10],
    ['in two pages', 1],
  ])(
    'a dead letter behind another event of its record is told when that one is through, %s',
    async (_, most) => {
      await subscribe(store, { url: 'http://crm.test' });
      await settled('1', 'sent', { recordId: 5 });
      await settled('2', 'dead', { recordId: 5 });
      await settled('3', 'sent', { recordId: 6 });
      const { id } = await aReplay(store.db);
      expect(await handOnPage(store.db, id, most)).toMatchObject({ kind: 'page', done: 1, toTell: 0 });
      expect(await Promise.all(['1', '2', '3'].map(statusOf))).toEqual([
        'pending',
        'dead_letter',
        'processed',
      ]);
      // Pending, then at its first try.
      expect(await handOnPage(store.db, id, most)).toEqual({ kind: 'waits' });
      const again = { ...runOf('1'), runId: 'again' };
      const [routed] = await routeEvents(store.db, [again]);
      expect(await handOnPage(store.db, id, most)).toEqual({ kind: 'waits' });
      expect(await rowOf(id)).toMatchObject({
        state: 'running',
        waitsFor: 'earlier-event',
        done: 1,
        cursorSeq: 1,
        toTell: [],
      });
      const attempt = { status: 200, durationMs: 1, response: '', errorClass: null, message: 'taken' };
      await recordAttempts(store.db, [
        { ...again, id: routed!.waiting[0]!.id, attempt, end: { state: 'sent' } },
      ]);
      expect(await handOnPage(store.db, id, most)).toMatchObject({ kind: 'page', toTell: 1 });
      expect(await rowOf(id)).toMatchObject({ waitsFor: null, toTell: [{ key: '2' }] });
    },
  );

  test('of two dead letters the later is told when the run that the earlier got is through', async () => {
    await subscribe(store, { url: 'http://crm.test' });
    await settled('1', 'dead', { recordId: 5 });
    await settled('2', 'dead', { recordId: 5 });
    const { id } = await aReplay(store.db, { act: 'retry', scope: 'failed' });
    expect(await handOnPage(store.db, id, 10)).toMatchObject({ done: 1, toTell: 1 });
    await returnAll(store.db, ['1']);
    await writeTold(store.db, id, [], 0);
    expect(await handOnPage(store.db, id, 10)).toEqual({ kind: 'waits' });
    await store.db.execute(sql`update events set status = 'processed' where key = '1'`);
    expect(await handOnPage(store.db, id, 10)).toMatchObject({ done: 1, toTell: 1 });
  });

  test('what is given up waits for no earlier event, and an event of another record holds nothing up', async () => {
    await subscribe(store, { url: 'http://crm.test' });
    await accept({ eventId: '8', recordId: 5 }, { eventId: '9', recordId: 6 });
    await settled('1', 'dead', { recordId: 5 });
    await settled('2', 'dead', { recordId: 7 });
    const retry = await aReplay(store.db, { act: 'retry', scope: 'failed', filter: { keys: ['2'] } });
    expect(await handOnPage(store.db, retry.id, 10)).toMatchObject({ kind: 'page', toTell: 1 });
    const { id } = await aReplay(store.db, { act: 'discard', scope: 'failed', filter: { keys: ['1'] } });
    expect(await handOnPage(store.db, id, 10)).toMatchObject({ kind: 'page', done: 1 });
  });

  test('a run that does not answer is given up, and counted', async () => {
    await subscribe(store, { url: 'http://crm.test' });
    await settled('1', 'dead');
    const { id } = await aReplay(store.db, { scope: 'failed' });
    await handOnPage(store.db, id, 10);
    await writeTold(store.db, id, [], 1);
    await handOnPage(store.db, id, 10);
    expect(await rowOf(id)).toMatchObject({ done: 0, skipped: 1, skips: { 'run-silent': 1 }, state: 'done' });
  });

  test('dead letters are chosen by class and subscription', async () => {
    const crm = await subscribe(store, { name: 'crm', url: 'http://crm.test' });
    await settled('1', 'dead');
    await settled('2', 'dead');
    await settled('3', 'sent');
    await store.db.execute(sql`update deliveries set error_class = 'timeout'
      where event_seq = (select seq from events where key = '2')`);
    const count = async (filter: { errorClass?: string; keys?: string[] }, subscriptionId: string | null) => {
      const plan = {
        act: 'retry',
        scope: 'failed',
        subscriptionId,
        errorClass: filter.errorClass ?? null,
      } as const;
      return (await planEvents(store.db, filter, plan)).sample.map(({ key }) => key);
    };
    expect(await count({ errorClass: 'timeout' }, null)).toEqual(['2']);
    expect(await count({ errorClass: 'rejected' }, crm.id)).toEqual(['1']);
    expect(await count({ errorClass: 'rejected' }, 'another')).toEqual([]);
    expect(await count({ keys: ['1', '3'] }, null)).toEqual(['1']);
    expect(await count({ errorClass: 'run-ended' }, null)).toEqual([]);
    // Its run was terminated before it made any delivery.
    await store.db.execute(
      sql`delete from deliveries where event_seq = (select seq from events where key = '1')`,
    );
    expect(await count({ errorClass: 'run-ended' }, null)).toEqual(['1']);
  });

  test('discarding a class ends only what died of it, and the event when nothing else is dead', async () => {
    const crm = await subscribe(store, { name: 'crm', url: 'http://crm.test' });
    await settled('1', 'dead');
    await subscribe(store, { name: 'erp', url: 'http://erp.test' });
    await settled('2', 'dead');
    const { id } = await aReplay(store.db, { act: 'discard', scope: 'failed', subscriptionId: crm.id });
    expect(await handOnPage(store.db, id, 10)).toMatchObject({ done: 2, toTell: 1 });
    expect(await Promise.all(['1', '2'].map(statusOf))).toEqual(['discarded', 'dead_letter']);
    expect((await deliveriesOf('2')).map(({ state }) => state)).toEqual(['discarded', 'dead']);
  });

  test('paused it hands nothing on, and what is over stays over', async () => {
    await subscribe(store, { url: 'http://crm.test' });
    await settled('1', 'sent');
    const { id } = await aReplay(store.db);
    expect(await setReplayState(store.db, id, 'paused', 'by admin')).toMatchObject({ kind: 'changed' });
    expect(await handOnPage(store.db, id, 10)).toMatchObject({ kind: 'stands' });
    expect((await openReplays(store.db)).map((one) => one.id)).toEqual([id]);
    await setReplayState(store.db, id, 'running', null);
    await handOnPage(store.db, id, 10);
    expect(await setReplayState(store.db, id, 'aborted', null)).toMatchObject({ kind: 'over' });
    expect((await rowOf(id)).state).toBe('done');
    expect(await setReplayState(store.db, 'r-none', 'paused', null)).toEqual({ kind: 'unknown' });
    expect(await handOnPage(store.db, 'r-none', 1)).toEqual({ kind: 'unknown' });
  });

  test('the traffic tells live events that wait from replayed ones', async () => {
    await subscribe(store, { url: 'http://crm.test' });
    for (const key of ['1', '2', '3']) await settled(key, 'sent');
    const { id } = await aReplay(store.db, { filter: { keys: ['1', '2'] } });
    await handOnPage(store.db, id, 10);
    await accept({ eventId: '9', recordId: 9 });
    expect(await readTraffic(store.db)).toEqual({ isPaused: false, livePending: 1, replayedUnderWay: 2 });
    await routeEvents(store.db, [{ ...runOf('1'), runId: 'again' }]);
    expect(await readTraffic(store.db)).toMatchObject({ livePending: 1, replayedUnderWay: 2 });
  });

  test('a page of a filter that fits few events reads a stretch of the inbox, not all of it', async () => {
    await subscribe(store, { url: 'http://crm.test' });
    await settled('1', 'sent');
    await store.db.execute(sql`select setval('events_seq_seq', 45000)`);
    await settled('2', 'sent');
    const { id } = await aReplay(store.db);
    const places: number[] = [];
    while ((await rowOf(id)).state === 'running') {
      await handOnPage(store.db, id, 10);
      places.push((await rowOf(id)).cursorSeq);
    }
    expect(places).toEqual([20_000, 40_000, 45_001]);
    expect(await rowOf(id)).toMatchObject({ done: 2 });
  });

  test('what is asked for by filter is never prepared: its texts would fill every connection', async () => {
    await subscribe(store, { url: 'http://crm.test' });
    await settled('1', 'dead');
    for (const filter of [{ keys: ['1'] }, { keys: ['1', '2'] }, { source: 'main', model: 'res.*' }]) {
      const { id } = await aReplay(store.db, { filter });
      await handOnPage(store.db, id, 1);
      await deadLetterGroups(store.db, filter);
    }
    // One after another they had the same connection.
    const { rows } = await store.db.execute<{ statement: string }>(
      sql`select statement from pg_prepared_statements
        where statement like '%"events"."seq" asc%' or statement like '%numbered%'`,
    );
    expect(rows).toEqual([]);
  });

  test('a row of a later version, or of a hand, does not stop the others', async () => {
    const { id } = await aReplay(store.db);
    await store.db
      .update(replays)
      .set({ filter: { source: 'main', since: 'tomorrow' } })
      .where(eq(replays.id, id));
    expect((await rowOf(id)).filter).toEqual({ source: 'main' });
  });
});
