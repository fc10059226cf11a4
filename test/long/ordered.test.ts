// Subscriptions that keep the order of each record, or want only the newest of its writes, on a real Temporal server.
import { sql } from 'drizzle-orm';
import { readDeliveries } from '../../src/store/deliveries/read';
import { readEvent } from '../../src/store/events/read';
import { setSubscriptionStatus } from '../../src/store/subscriptions';
import { keyOf } from '../support/batches';
import { eventually } from '../support/bridge';
import { setOptions } from '../support/delivery-options';
import { setStage } from '../support/stage';
import { openTestStore } from '../support/stores';
import { subscribe, type TestSubscription } from '../support/subscriptions';

describe('records', () => {
  const stage = setStage(() => openTestStore('pglite'), { JISR_DELIVERY_SCHEDULE: '0,1,1' });
  const { store, subscriber, start, accept, becomes, statesBecome } = stage;
  let crm: TestSubscription;
  beforeEach(async () => {
    crm = await subscribe(store(), { url: `${subscriber().url}/hook` });
  });

  const change = (eventId: string, recordId: number) => ({ eventId, recordId, payload: { n: eventId } });
  const taken = () => subscriber().received.map(keyOf);
  const failFirst = (key: string, times = 1) => {
    let left = times;
    subscriber().behave((webhook) => ({ status: keyOf(webhook) === key && left-- > 0 ? 500 : 200 }));
  };
  const stateOf = async (key: string) =>
    (await readDeliveries(store().db, (await readEvent(store().db, key))!.seq))[0]?.state;

  test.each(['individually', 'in_batches'])(
    'ordered, %s: one that fails holds its own record, and no other',
    async (processing) => {
      await setOptions(store(), crm.id, { ordered: true });
      failFirst('1');
      await start({ JISR_PROCESSING: processing });
      await accept(change('1', 5), change('2', 5), change('3', 6), change('4', 5));
      await becomes('processed', '3');
      await statesBecome({ processed: 4 });
      const came = taken();
      expect(came.filter((key) => key !== '3')).toEqual(['1', '1', '2', '4']);
      // The other record was on time.
      expect(came.indexOf('3')).toBeLessThan(came.lastIndexOf('1'));
    },
    60_000,
  );

  test('ordered: one that dies gives the turn on', async () => {
    await setOptions(store(), crm.id, { ordered: true });
    subscriber().behave((webhook) => ({ status: keyOf(webhook) === '1' ? 404 : 200 }));
    await start();
    await accept(change('1', 5), change('2', 5));
    await statesBecome({ dead_letter: 1, processed: 1 });
    expect(taken()).toEqual(['1', '2']);
  }, 60_000);

  test('coalesced: a write that waits for its next try is not sent when a newer one waits', async () => {
    await setOptions(store(), crm.id, { coalesce: true, ordered: true });
    failFirst('1');
    await start({ JISR_DELIVERY_SCHEDULE: '0,3' });
    await accept(change('1', 5));
    await becomes('delivering', '1');
    await accept(change('2', 5), change('3', 5));
    await statesBecome({ processed: 3 });
    expect(taken().filter((key) => key === '1')).toHaveLength(1);
    expect(taken().at(-1)).toBe('3');
    expect([await stateOf('1'), await stateOf('3')]).toEqual(['superseded', 'sent']);
  }, 60_000);

  test('coalesced, in a batch: of the writes of a record only the newest is sent', async () => {
    await setOptions(store(), crm.id, { coalesce: true });
    await accept(change('1', 5), change('2', 5), change('3', 6), change('4', 5));
    await start({ JISR_PROCESSING: 'in_batches' });
    await statesBecome({ processed: 4 });
    expect(taken().sort()).toEqual(['3', '4']);
    expect([await stateOf('1'), await stateOf('2')]).toEqual(['superseded', 'superseded']);
  }, 60_000);

  test('paused: nothing is sent; resumed, all of it is', async () => {
    await setSubscriptionStatus(store().db, crm.id, 'paused', 'upgrade');
    await start();
    await accept(change('1', 5), change('2', 6), change('3', 7));
    await statesBecome({ delivering: 3 });
    expect(taken()).toEqual([]);
    await eventually(async () => {
      const { raw } = await stage.run('1').describe();
      expect(raw.pendingActivities![0]!.lastFailure!.message).toContain('paused: resume the subscription');
    });
    const { rows } = await store().db.execute(sql`select * from delivery_attempts`);
    expect(rows).toEqual([]);
    await setSubscriptionStatus(store().db, crm.id, 'active', null);
    await statesBecome({ processed: 3 });
    expect(taken().sort()).toEqual(['1', '2', '3']);
  }, 60_000);

  test('a limit per second holds, and loses nothing', async () => {
    await setOptions(store(), crm.id, { ratePerSecond: 10 });
    await start({ JISR_PROCESSING: 'in_batches' });
    await accept(...Array.from({ length: 25 }, (_, n) => change(String(n + 1), n + 1)));
    await statesBecome({ processed: 25 });
    const times = subscriber().received.map(({ atMs }) => atMs);
    expect(times).toHaveLength(25);
    for (const [place, atMs] of times.entries())
      expect((times[place + 13] ?? Infinity) - atMs).toBeGreaterThan(900);
  }, 60_000);
});
