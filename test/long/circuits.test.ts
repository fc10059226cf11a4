// Subscribers that fail one attempt after another, on a real Temporal server: their circuit opens, is probed, closes;
// after days they are disabled.
import { sql } from 'drizzle-orm';
import { readCircuits } from '../../src/store/circuits';
import { listNotices } from '../../src/store/notices';
import { readSubscription, setSubscriptionStatus } from '../../src/store/subscriptions';
import { keyOf } from '../support/batches';
import { eventually } from '../support/bridge';
import { runIsDeadLetter } from '../support/dead-letters';
import { setStage } from '../support/stage';
import { openTestStore } from '../support/stores';
import { subscribe, type TestSubscription } from '../support/subscriptions';

describe('circuits', () => {
  const stage = setStage(() => openTestStore('pglite'), {
    JISR_DELIVERY_SCHEDULE: '0,0.2,0.2,0.2,60',
    JISR_CIRCUIT_FAILURES: '3',
  });
  const { store, subscriber, start, stop, accept, becomes, statesBecome } = stage;
  let crm: TestSubscription;
  beforeEach(async () => {
    crm = await subscribe(store(), { url: `${subscriber().url}/hook` });
  });

  const circuit = async () => (await readCircuits(store().db, [crm.id])).get(crm.id);
  const opens = () =>
    eventually(async () => {
      expect((await circuit())?.openUntilMs).toEqual(expect.any(Number));
    });
  /** As if its time were over: nobody waits in a test. */
  const timeIsOver = () => store().db.execute(sql`update circuits set open_until = now() - interval '1 ms'`);
  const change = (eventId: string) => ({ eventId, recordId: Number(eventId) });
  const taken = () => subscriber().received.map(keyOf);

  test('an open circuit sends nothing, survives a restart, and closes with the first success', async () => {
    subscriber().behave(() => ({ status: 500 }));
    await start();
    await accept(change('1'));
    await opens();
    const calls = subscriber().received.length;
    expect(calls).toBe(3);
    await accept(change('2'));
    await becomes('delivering', '2');
    await stop();
    await start();
    await accept(change('3'));
    await becomes('delivering', '3');
    expect(subscriber().received).toHaveLength(calls);
    expect(await circuit()).toMatchObject({ failures: 3 });
    subscriber().behave(() => ({ status: 200 }));
    await statesBecome({ processed: 3 });
    expect(await circuit()).toBeUndefined();
    expect(
      taken()
        .filter((key) => key !== '1')
        .sort(),
    ).toEqual(['2', '3']);
    const attempts = (await stage.deliveriesOf('1'))[0]!.attempts;
    expect(attempts.map(({ status }) => status)).toEqual([500, 500, 500, 200]);
  }, 60_000);

  test('a batch leaves what an open circuit holds, and another subscriber gets its own', async () => {
    await subscribe(store(), { name: 'erp', url: `${subscriber().url}/erp` });
    subscriber().behave(({ path }) => ({ status: path === '/hook' ? 500 : 200 }));
    await start({ JISR_PROCESSING: 'in_batches' });
    await accept(change('1'), change('2'), change('3'));
    await opens();
    const failed = subscriber().received.filter(({ path }) => path === '/hook').length;
    await accept(change('4'), change('5'));
    await becomes('delivering', '5');
    expect(subscriber().received.filter(({ path }) => path === '/hook')).toHaveLength(failed);
    expect(
      new Set(
        subscriber()
          .received.filter(({ path }) => path === '/erp')
          .map(keyOf),
      ).size,
    ).toBe(5);
  }, 60_000);

  test('a probe that fails opens it for longer', async () => {
    subscriber().behave(() => ({ status: 500 }));
    await start();
    await accept(change('1'));
    await opens();
    const calls = subscriber().received.length;
    await timeIsOver();
    await accept(change('2'));
    await eventually(async () => {
      expect(subscriber().received).toHaveLength(calls + 1);
      expect((await circuit())!.openForMs!).toBeGreaterThan(6_000);
    });
  }, 60_000);

  test('a refusal is an answer: it opens nothing', async () => {
    subscriber().behave(() => ({ status: 404 }));
    await start();
    await accept(change('1'), change('2'), change('3'), change('4'));
    await statesBecome({ dead_letter: 4 });
    expect(await circuit()).toBeUndefined();
    expect(subscriber().received).toHaveLength(4);
  }, 60_000);

  test('after five days it is disabled with a notice; what waits is a dead letter, and goes out after resume', async () => {
    subscriber().behave(() => ({ status: 500 }));
    // Nobody waits for the hour: what is disabled makes all that waits come up.
    await start({ JISR_DELIVERY_SCHEDULE: '0,3600', JISR_CIRCUIT_FAILURES: '0' });
    await accept(change('1'));
    await becomes('delivering', '1');
    await store().db.execute(sql`update circuits set failing_since = now() - interval '5 days 1 minute'`);
    await accept(change('2'));
    await becomes('dead_letter', '1');
    await becomes('dead_letter', '2');
    expect(await readSubscription(store().db, crm.id)).toMatchObject({
      status: 'disabled',
      statusReason: expect.stringMatching(/every attempt failed since .*mend the subscriber/) as unknown,
    });
    expect(await listNotices(store().db, { limitRows: 9, before: null })).toMatchObject([
      { kind: 'subscription-disabled', subject: crm.id },
    ]);
    subscriber().behave(() => ({ status: 200 }));
    await setSubscriptionStatus(store().db, crm.id, 'active', null);
    await runIsDeadLetter(stage.session().client, '1');
    await stage.run('1').signal('retry');
    await becomes('processed', '1');
  }, 60_000);

  test('a 410 in a batch shows as what it is', async () => {
    subscriber().behave(() => ({ status: 410 }));
    await start({ JISR_PROCESSING: 'in_batches' });
    await accept(change('1'));
    await becomes('dead_letter', '1');
    const [delivery] = await stage.deliveriesOf('1');
    expect(delivery!.attempts.map(({ errorClass }) => errorClass)).toEqual(['gone']);
    expect(await listNotices(store().db, { limitRows: 9, before: null })).toHaveLength(1);
  }, 60_000);
});
