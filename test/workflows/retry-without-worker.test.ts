// A retry that is asked for while no worker is up is not accepted, since a parked run must hear of it.
import { Context } from '@temporalio/activity';
import { createEventRuns } from '../../src/control/event-runs';
import { startSubscriber } from '../../src/demo/subscriber';
import { createIntake } from '../../src/intake/accept';
import { askRetry } from '../../src/store/deliveries/acts';
import { readEvent } from '../../src/store/events/read';
import { anArrival, aSource } from '../support/builders';
import { eventually, openTestSession, startTestBridge, testConfig } from '../support/bridge';
import { openTestStore } from '../support/stores';
import { subscribe } from '../support/subscriptions';

test('a retry while no worker is up is put off with a reason, and done when it is asked for again', async () => {
  const store = await openTestStore('pglite');
  const session = await openTestSession();
  const subscriber = await startSubscriber();
  subscriber.behave(() => ({ status: 404 }));
  await subscribe(store, { url: subscriber.url });
  const config = testConfig({ JISR_DELIVERY_SCHEDULE: '0,60' });
  // Dies right after the 404 was written down, before the history knows of it.
  const dying = await startTestBridge({
    config,
    store,
    session,
    ports: {
      deliveries: (all) => ({
        ...all,
        deliverQuickly: async (ref) => {
          await all.deliverQuickly(ref);
          return Context.current().cancelled;
        },
      }),
    },
  });
  await createIntake(store.db).accept(aSource(), 'pull', [anArrival()], null);
  const becomes = (status: string) =>
    eventually(async () => {
      expect((await readEvent(store.db, '17'))?.status).toBe(status);
    }, 30_000);
  await becomes('dead_letter');
  await dying.stop();
  subscriber.behave(() => ({ status: 200 }));
  // What POST /events/17/retry does.
  const retry = async () => {
    expect(await askRetry(store.db, '17')).toMatchObject({ kind: 'asked' });
    return createEventRuns(session.client).signal('17', { kind: 'retry' });
  };
  await expect(retry()).rejects.toThrow(/worker does not answer/);
  const bridge = await startTestBridge({ config, store, session });
  try {
    expect(await eventually(retry, 30_000)).toBe(true);
    await becomes('processed');
  } finally {
    await bridge.stop();
    await subscriber.close();
    await session.close();
    await store.close();
  }
}, 120_000);
