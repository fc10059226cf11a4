// Deliveries at unlucky moments: a try beside its own repetition, signals right behind each other, Reset anywhere.
import { discardSignal, retrySignal } from '../../src/contracts/messages';
import { createSecretBox } from '../../src/store/secret-box';
import { recordAttempts } from '../../src/store/deliveries/record';
import { routeEvents } from '../../src/store/events/route';
import { createSubscription } from '../../src/store/subscriptions';
import { eventually } from '../support/bridge';
import { lastTask, setStage, tasksOf } from '../support/stage';
import { openTestStore } from '../support/stores';
import { subscribe } from '../support/subscriptions';

describe('deliveries at unlucky moments', () => {
  const { store, subscriber, start, accept, acceptQuietly, becomes, parks, deliveriesOf, run, reset } =
    setStage(() => openTestStore('pglite'));

  test('a first try that was given up is not made again beside it: what it brings counts', async () => {
    await subscribe(store(), { url: subscriber().url });
    let sends = 0;
    await start(
      { JISR_DELIVERY_SCHEDULE: '0,60' },
      {
        sender: (sender) => ({
          close: () => sender.close(),
          send: async () => {
            sends += 1;
            // As a store that is slow to write the 200 down: the local activity is given up after 3 s.
            await eventually(async () => {
              const { raw } = await run().describe();
              expect(raw.pendingActivities?.map(({ activityType }) => activityType?.name)).toEqual([
                'deliver',
              ]);
            });
            return { kind: 'sent', status: 200, durationMs: 1, response: '', message: 'm' };
          },
        }),
      },
    );
    await accept({});
    await becomes('processed');
    expect((await deliveriesOf())[0]).toMatchObject({ state: 'sent', attempts: [{ status: 200 }] });
    expect(sends).toBe(1);
  }, 60_000);

  test('a repetition by another process that the subscriber refuses leaves it sent', async () => {
    await subscribe(store(), { url: subscriber().url });
    await acceptQuietly({});
    const row = { key: '17', runId: 'r1', workflowId: '17' };
    const [routed] = await routeEvents(store().db, [row]);
    const told = { status: 200, durationMs: 1, response: '', errorClass: null, message: 'm' };
    const made = { ...row, id: routed!.waiting[0]!.id };
    await recordAttempts(store().db, [{ ...made, attempt: told, end: { state: 'sent' } }]);
    // "I have this webhook-id already."
    const refused = { ...told, status: 422, errorClass: 'rejected' };
    await recordAttempts(store().db, [{ ...made, attempt: refused, end: { state: 'dead' } }]);
    await becomes('processed');
    expect((await deliveriesOf())[0]).toMatchObject({ state: 'sent', attempts: [{}, {}] });
  });

  test('a subscription whose secret cannot be read does not keep other events from starting', async () => {
    await subscribe(store(), { name: 'erp', url: subscriber().url, filter: { models: ['sale.order'] } });
    await createSubscription(store().db, {
      name: 'old-key',
      filter: { models: ['res.partner'] },
      url: subscriber().url,
      encryptedSecret: createSecretBox('the key before it was changed').encrypt('whsec_x'),
    });
    await start({ JISR_DELIVERY_SCHEDULE: '0,60', JISR_MAX_IN_FLIGHT: '2' });
    await accept({ eventId: '1', recordId: 1 }, { eventId: '2', recordId: 2 });
    await becomes('delivering', '1');
    await becomes('delivering', '2');
    await accept({ eventId: '3', recordId: 3, model: 'sale.order' });
    await becomes('processed', '3');
  }, 60_000);

  test('a discard that was asked right behind a retry is done, not forgotten', async () => {
    await subscribe(store(), { url: subscriber().url });
    subscriber().behave(() => ({ status: 404 }));
    await start(
      { JISR_DELIVERY_SCHEDULE: '0,60' },
      {
        storage: (storage) => ({
          ...storage,
          // As a store that is slow.
          reopen: async (event) => {
            subscriber().behave(() => 'hang');
            await run().signal(discardSignal, { reason: 'given up' });
            return storage.reopen(event);
          },
        }),
      },
    );
    await accept({});
    await parks();
    await run().signal(retrySignal);
    await becomes('discarded');
  }, 60_000);

  test.each([
    ['retry', 'processed'],
    ['discard', 'discarded'],
  ])(
    'a dead letter that was reset while it was parked takes the signal %s',
    async (act, state) => {
      await subscribe(store(), { url: subscriber().url });
      subscriber().behave(() => ({ status: 500 }));
      await start({ JISR_DELIVERY_SCHEDULE: '0,0.2' });
      await accept({});
      await parks();
      // "Reset to the last workflow task" of the Web UI.
      await reset('17', lastTask);
      await parks();
      subscriber().behave(() => ({ status: 200 }));
      await run().signal(act === 'retry' ? retrySignal : discardSignal);
      await becomes(state);
    },
    60_000,
  );

  test('an event that was reset while it waits for its next try is closed by the run that delivers it', async () => {
    await subscribe(store(), { url: subscriber().url });
    const left = [500];
    subscriber().behave(() => ({ status: left.shift() ?? 200 }));
    await start({ JISR_DELIVERY_SCHEDULE: '0,3' });
    await accept({});
    await becomes('delivering');
    await eventually(async () => {
      const { events } = await run().fetchHistory();
      expect(tasksOf(events!).length).toBeGreaterThan(0);
    });
    await run().signal('retry'); // ignored; makes a later task
    await eventually(async () => {
      const { events } = await run().fetchHistory();
      expect(tasksOf(events!).length).toBeGreaterThan(1);
    });
    await reset('17', lastTask);
    await eventually(async () => {
      expect((await deliveriesOf())[0]!.state).toBe('sent');
    });
    await becomes('processed');
  }, 60_000);
});
