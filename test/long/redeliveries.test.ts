// Delivered once more, because somebody wants it: Reset in the Web UI, and replay. The webhook-id stays.
import { readTotals } from '../../src/store/counters';
import { askReplay } from '../../src/store/deliveries/acts';
import { eventually } from '../support/bridge';
import { firstTask, setStage } from '../support/stage';
import { describeOnBothEngines } from '../support/stores';
import { subscribe } from '../support/subscriptions';

describeOnBothEngines('redeliveries', (openStore) => {
  /** Waits of a quarter of a second, so that a schedule is over in a second. */
  const { store, subscriber, start, accept, becomes, startsAgain, deliveriesOf, run, reset, answered } =
    setStage(openStore, { JISR_DELIVERY_SCHEDULE: '0,0.2,0.2,0.2' });
  beforeEach(async () => {
    await subscribe(store(), { url: `${subscriber().url}/hook` });
  });

  test('Reset of a finished event delivers it again under the same id', async () => {
    await start();
    await accept({});
    await becomes('processed');
    await run().result();
    await reset('17', firstTask);
    await eventually(() => {
      expect(subscriber().received).toHaveLength(2);
    });
    expect(new Set(subscriber().received.map(({ id }) => id)).size).toBe(1);
    await becomes('processed');
    expect((await deliveriesOf())[0]!.attempts).toHaveLength(2);
  }, 60_000);

  test('Reset behind the route of a dead letter takes the event over, and what is delivered then counts', async () => {
    answered(500, 500, 200);
    await start({ JISR_DELIVERY_SCHEDULE: '0,0.2' });
    await accept({});
    await becomes('dead_letter');
    await reset('17', (events) => {
      // The task that scheduled the second attempt; `route` and the first one lie before it.
      const scheduled = events.find((event) => event.activityTaskScheduledEventAttributes);
      return scheduled!.activityTaskScheduledEventAttributes!.workflowTaskCompletedEventId;
    });
    await becomes('processed');
    expect(subscriber().received).toHaveLength(3);
  }, 60_000);

  test('a replay delivers again, also to who subscribed since', async () => {
    await start();
    await accept({});
    await becomes('processed');
    await run().result();
    await subscribe(store(), { name: 'erp', url: `${subscriber().url}/erp` });
    expect(await askReplay(store().db, '17', 'a test')).toMatchObject({ kind: 'asked' });
    await startsAgain();
    await eventually(() => {
      expect(
        subscriber()
          .received.map(({ path }) => path)
          .sort(),
      ).toEqual(['/erp', '/hook', '/hook']);
    });
    await becomes('processed');
    const toCrm = subscriber().received.filter(({ path }) => path === '/hook');
    expect(toCrm[0]!.id).toBe(toCrm[1]!.id);
    expect((await readTotals(store().db)).of('restarted')).toBe(0);
  }, 60_000);
});
