// Batches on a real Temporal server to a subscriber on a real socket: the same guarantees as for events with a
// workflow of their own.
import { retrySignal } from '../../src/contracts/messages';
import { readTotals } from '../../src/store/counters';
import { readDeliveries } from '../../src/store/deliveries/read';
import { readEvent } from '../../src/store/events/read';
import { changes, expectOrderPerRecord, keyOf, recordOf, setBatchStage } from '../support/batches';
import { eventually } from '../support/bridge';
import { describeOnBothEngines } from '../support/stores';

describeOnBothEngines('batches', (openStore) => {
  const stage = setBatchStage(openStore);
  const {
    store,
    session,
    subscriber,
    start,
    accept,
    wanted,
    run,
    becomes,
    statesBecome,
    allProcessed,
    received,
    ids,
  } = stage;

  const runsOf = async (query: string): Promise<string[]> => {
    const found: string[] = [];
    for await (const { workflowId } of session().client.workflow.list({ query })) found.push(workflowId);
    return found;
  };
  /** Fails the first attempts of these events, with what is named. */
  const failFirst = (statuses: Readonly<Record<string, number[]>>) => {
    const left = new Map(Object.entries(statuses).map(([key, list]) => [key, [...list]]));
    subscriber().behave((webhook) => ({ status: left.get(keyOf(webhook))?.shift() ?? 200 }));
  };

  test('every event is delivered once, those of a record in order, and found in the Web UI', async () => {
    await wanted();
    await accept(...changes(110));
    await start();
    await allProcessed(330);
    expect(subscriber().received).toHaveLength(330);
    expect(ids()).toBe(330);
    expectOrderPerRecord(received(), 110);
    await eventually(async () => {
      const ofRecord = 'OdooRecord = "res.partner/7" AND EventStatus = "processed"';
      expect(await runsOf(ofRecord)).toEqual([expect.stringMatching(/^batch\//)]);
      expect(await runsOf('OdooEventId = "pull:117"')).toEqual(await runsOf(ofRecord));
      expect(await runsOf('WorkflowType = "ProcessBatchWorkflow"')).toHaveLength(3);
      expect(await runsOf('WorkflowType = "ProcessEventWorkflow"')).toEqual([]);
    });
    const { workflowId } = (await readEvent(store().db, '7'))!;
    expect(await run(workflowId!).result()).toEqual({
      done: expect.any(Number) as unknown,
      handedOver: 0,
    });
    expect((await readTotals(store().db)).of('delivered')).toBe(330);
  }, 120_000);

  test('several subscriptions: each gets what it wants, once, and those of a record in order', async () => {
    const isOrder = (key: string) => recordOf(key, 60) % 3 === 0;
    await wanted();
    await wanted('sales', { models: ['sale.*'] });
    await wanted('deletes', { operations: ['unlink'] });
    const copies = changes(60).map((copy) => ({
      ...copy,
      model: isOrder(copy.eventId!) ? 'sale.order' : 'res.partner',
    }));
    await accept(...copies);
    await start();
    await allProcessed(180);
    const keys = copies.map(({ eventId }) => eventId!);
    const sorted = (all: readonly string[]) => [...all].sort((a, b) => Number(a) - Number(b));
    expect(sorted(received('/crm'))).toEqual(keys);
    expect(sorted(received('/sales'))).toEqual(keys.filter(isOrder));
    expect(received('/deletes')).toEqual([]);
    expectOrderPerRecord(received('/crm'), 60);
    expectOrderPerRecord(received('/sales'), 60);
    expect(await runsOf('WorkflowType = "ProcessEventWorkflow"')).toEqual([]);
  }, 120_000);

  test('of several subscriptions one that fails gets its event again, the others do not', async () => {
    await wanted();
    await wanted('erp');
    const left = [500, 500];
    subscriber().behave((webhook) => {
      const fails = webhook.path === '/erp' && keyOf(webhook) === '5';
      return { status: (fails ? left.shift() : undefined) ?? 200 };
    });
    await accept(...changes(20));
    await start();
    await allProcessed(60);
    expect(received('/erp').filter((key) => key === '5')).toHaveLength(3);
    expect(received('/erp')).toHaveLength(62);
    expect(received('/crm')).toHaveLength(60);
    expect(new Set(received('/crm')).size).toBe(60);
    expectOrderPerRecord(received('/crm'), 20);
  }, 120_000);

  test('what nobody wants is done by the batch', async () => {
    await accept(...changes(50));
    await start();
    await allProcessed(150);
    expect(subscriber().received).toEqual([]);
  }, 60_000);

  test('an event that fails goes on in its own workflow; those behind it wait for it, the others do not', async () => {
    await wanted();
    failFirst({ '5': [500, 500] });
    await accept(...changes(20));
    await start();
    await allProcessed(60);
    const [delivery] = await readDeliveries(store().db, (await readEvent(store().db, '5'))!.seq);
    expect(delivery).toMatchObject({
      state: 'sent',
      attempts: [{ status: 500 }, { status: 500 }, { status: 200 }],
    });
    expect(ids()).toBe(60);
    expect(await readEvent(store().db, '5')).toMatchObject({ workflowId: '5' });
    for (const key of ['25', '45'])
      expect((await readEvent(store().db, key))!.workflowId).not.toMatch(/^batch/);
    expect((await readEvent(store().db, '6'))!.workflowId).toMatch(/^batch/);
    const first = received().indexOf('5');
    expect(received().indexOf('25')).toBeGreaterThan(first);
    expect(received().indexOf('45')).toBeGreaterThan(received().indexOf('25'));
  }, 120_000);

  test('what is refused becomes a dead letter with a workflow of its own, mended by its signal', async () => {
    await wanted();
    failFirst({ '2': [404, 404] });
    await accept(...changes(5));
    await start();
    await becomes('dead_letter', '2');
    const handle = run('2');
    await eventually(async () => {
      expect(await runsOf('EventStatus = "dead_letter" AND ExecutionStatus = "Running"')).toEqual(['2']);
    });
    await handle.signal(retrySignal);
    await allProcessed(15);
    expect(ids()).toBe(15);
  }, 120_000);

  test('a subscriber that answers 410 is disabled, and its events are dead letters', async () => {
    await wanted();
    subscriber().behave(() => ({ status: 410 }));
    await accept(...changes(2));
    await start();
    await statesBecome({ dead_letter: 6, pending: 0, processing: 0 });
  }, 120_000);

  test('auto: a backlog goes in batches, and single events alone', async () => {
    await wanted();
    await accept(...changes(340));
    await start({ JISR_PROCESSING: 'auto' });
    await allProcessed(1_020);
    await accept({ eventId: '5000', recordId: 5_000 });
    await becomes('processed', '5000');
    expect((await readEvent(store().db, '1'))!.workflowId).toMatch(/^batch\//);
    expect((await readEvent(store().db, '5000'))!.workflowId).toBe('5000');
    expect(ids()).toBe(1_021);
    expect(subscriber().received).toHaveLength(1_021);
  }, 180_000);
});
