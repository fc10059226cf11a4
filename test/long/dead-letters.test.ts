// Dead letters on a real Temporal server: parked, found, mended by a person or given up.
import { discardSignal, retrySignal } from '../../src/contracts/messages';
import { createEventRuns } from '../../src/control/event-runs';
import { TAKES_ALL } from '../../src/demo/subscriber';
import type { WorkerPorts } from '../../src/roles/worker-role';
import { readTotals } from '../../src/store/counters';
import { askRetry } from '../../src/store/deliveries/acts';
import { readEvent } from '../../src/store/events/read';
import { readSubscription, setSubscriptionStatus } from '../../src/store/subscriptions';
import { eventually } from '../support/bridge';
import { setStage } from '../support/stage';
import { describeOnBothEngines } from '../support/stores';
import { subscribe, type TestSubscription } from '../support/subscriptions';

describeOnBothEngines('dead letters', (openStore) => {
  /** Waits of a quarter of a second, so that a schedule is over in a second. */
  const {
    store,
    session,
    subscriber,
    start,
    accept,
    becomes,
    startsAgain,
    parks,
    deliveriesOf,
    run,
    answered,
  } = setStage(openStore, { JISR_DELIVERY_SCHEDULE: '0,0.2,0.2,0.2' });
  let crm: TestSubscription;
  beforeEach(async () => {
    crm = await subscribe(store(), { url: `${subscriber().url}/hook` });
  });

  test('410 disables the subscription; what waits for it dies, visibly; resume and retry mend it', async () => {
    answered(410);
    await start();
    await accept({});
    await becomes('dead_letter');
    await eventually(async () => {
      expect(await readSubscription(store().db, crm.id)).toMatchObject({
        status: 'disabled',
        statusReason: 'it answered 410',
      });
    });
    await accept({ eventId: '18', recordId: 18 });
    await becomes('processed', '18');
    expect(await deliveriesOf('18')).toEqual([]);
    // A retry while it is disabled does not reach it, and says why.
    await parks();
    await run().signal(retrySignal);
    await eventually(async () => {
      expect(await deliveriesOf()).toMatchObject([
        { attempts: [{ status: 410 }, { status: null, errorClass: 'subscription-disabled' }] },
      ]);
    });
    await becomes('dead_letter');
    expect(subscriber().received).toHaveLength(1);
    await setSubscriptionStatus(store().db, crm.id, 'active', null);
    await createEventRuns(session().client).signal('17', { kind: 'retry' });
    await becomes('processed');
    expect(subscriber().received).toHaveLength(2);
  }, 60_000);

  test('exhausted, an event is parked: found by its status, with details that say what to press', async () => {
    answered(500, 500, 500, 500, 200);
    await start();
    await accept({});
    await becomes('dead_letter');
    expect((await deliveriesOf())[0]!.attempts.at(-1)!.message).toMatch(/given up after 4 attempts/);
    await eventually(async () => {
      const query = `EventStatus = 'dead_letter' AND ExecutionStatus = 'Running'`;
      expect((await session().client.workflow.count(query)).count).toBe(1);
    });
    const metadata = await run().query<{ currentDetails: string }>('__temporal_workflow_metadata');
    expect(metadata.currentDetails).toMatch(
      /Dead letter: write res\.partner 16[^]*crm[^]*500[^]*retry[^]*discard/,
    );
    const { raw } = await run().describe();
    expect(raw.pendingActivities).toEqual([]);

    await run().signal(retrySignal);
    await becomes('processed');
    expect(new Set(subscriber().received.map(({ id }) => id)).size).toBe(1);
    expect(await run().result()).toBe('processed');
    await eventually(async () => {
      expect((await session().client.workflow.count(`EventStatus = 'processed'`)).count).toBe(1);
    });
  }, 60_000);

  test('a dead letter that is discarded ends, and the deliveries that wait end with it', async () => {
    await subscribe(store(), { name: 'slow', url: `${subscriber().url}/slow` });
    subscriber().behave(({ path }) => ({ status: path === '/slow' ? 500 : 404 }));
    await start({ JISR_DELIVERY_SCHEDULE: '0,60' });
    await accept({});
    await parks();
    await eventually(async () => {
      expect((await deliveriesOf()).map(({ state }) => state)).toEqual(['dead', 'waiting']);
    });
    await run().signal(discardSignal, { reason: 'a test' });
    await becomes('discarded');
    expect((await deliveriesOf()).map(({ state }) => state)).toEqual(['discarded', 'discarded']);
    expect(await run().result()).toBe('discarded');
  }, 60_000);

  test('a dead letter nobody attends to fails in time, but not before its other deliveries have ended', async () => {
    await subscribe(store(), { name: 'slow', url: `${subscriber().url}/slow` });
    let tries = 0;
    subscriber().behave(({ path }) => ({ status: path !== '/slow' ? 404 : ++tries < 3 ? 500 : 200 }));
    const expiring: WorkerPorts = {
      storage: (activities) => ({
        ...activities,
        route: async (ref) => {
          const routed = await activities.route(ref);
          return routed === null ? null : { ...routed, deadLetterMs: 100 };
        },
      }),
    };
    await start({ JISR_DELIVERY_SCHEDULE: '0,0.5,0.5' }, expiring);
    await accept({});
    await becomes('dead_letter');
    await expect(run().result()).rejects.toMatchObject({
      cause: { type: 'dead-letter-expired', message: 'nobody attended to this dead letter' },
    });
    expect((await deliveriesOf()).map(({ state }) => state)).toEqual(['dead', 'sent']);
    expect((await readEvent(store().db, '17'))?.status).toBe('dead_letter');
  }, 60_000);

  test('a signal to an event that is no dead letter changes nothing, also when Reset gives it again', async () => {
    subscriber().behave(() => ({ status: 500 }));
    await start({ JISR_DELIVERY_SCHEDULE: '0,1,60' });
    await accept({});
    await becomes('delivering');
    await run().signal(discardSignal, { reason: 'too early' });
    await run().signal(retrySignal);
    await eventually(() => {
      expect(subscriber().received.length).toBe(2);
    });
    expect((await readEvent(store().db, '17'))?.status).toBe('delivering');
  }, 60_000);

  test('fifty dead letters are mended by one signal for all', async () => {
    subscriber().behave(() => ({ status: 404 }));
    await start();
    await accept(
      ...Array.from({ length: 50 }, (_, n) => ({
        eventId: String(n + 100),
        recordId: n + 1,
        payload: { n },
      })),
    );
    await eventually(async () => {
      expect((await readTotals(store().db)).states).toMatchObject({ dead_letter: 50 });
    }, 30_000);
    const query = `EventStatus="dead_letter" AND ExecutionStatus="Running"`;
    await eventually(async () => {
      expect((await session().client.workflow.count(query)).count).toBe(50);
    });
    subscriber().behave(TAKES_ALL);
    await session().client.workflowService.startBatchOperation({
      namespace: session().namespace,
      jobId: 'mend',
      visibilityQuery: query,
      reason: 'a test',
      signalOperation: { signal: 'retry' },
    });
    await eventually(async () => {
      expect((await readTotals(store().db)).states).toMatchObject({ dead_letter: 0, processed: 50 });
    }, 60_000);
    expect(subscriber().taken()).toHaveLength(50);
  }, 120_000);

  test('a dead letter to which nobody attends fails its run at last, and can be retried all the same', async () => {
    answered(404);
    await start();
    // As after 30 days: the run is gone, the row is a dead letter.
    await accept({});
    await becomes('dead_letter');
    await run().terminate('30 days went by');
    expect(await createEventRuns(session().client).signal('17', { kind: 'retry' })).toBe(false);
    expect(await askRetry(store().db, '17')).toMatchObject({ kind: 'asked' });
    await startsAgain();
    await becomes('processed');
    expect(subscriber().received).toHaveLength(2);
  }, 60_000);
});
