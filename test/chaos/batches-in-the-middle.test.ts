// Batches that are stopped, lost, failed, ended or repeated in the middle: what was written down is not sent again,
// the rest is, and the order per record holds.
import { Context } from '@temporalio/activity';
import { sql } from 'drizzle-orm';
import type { WorkerPorts } from '../../src/roles/worker-role';
import { askRetry } from '../../src/store/deliveries/acts';
import { readEvent } from '../../src/store/events/read';
import { routeEvents } from '../../src/store/events/route';
import { changes, expectOrderPerRecord, setBatchStage } from '../support/batches';
import { eventually } from '../support/bridge';
import { firstTask } from '../support/stage';
import { describeOnBothEngines } from '../support/stores';

/** Sent to one subscriber at one time by batches. */
const AT_ONCE = 12;
/** Records of a batch under way at one time. */
const RECORDS_AT_ONCE = 100;

describeOnBothEngines('batches in the middle', (openStore) => {
  const stage = setBatchStage(openStore);
  const { store, subscriber, start, stop, accept, startsAgain, wanted, run } = stage;
  const { becomes, statesBecome, allProcessed, received, ids, reset } = stage;

  const twice = () => received().filter((key, place) => received().indexOf(key) !== place);

  test('a worker that stops in the middle gives the batch to the next; what was sent is not sent again', async () => {
    await wanted();
    await accept(...changes(60));
    let stopping = false;
    let held = 0;
    await start(
      {},
      {
        sender: (sender) => ({
          close: () => sender.close(),
          send: async (webhook) => {
            const result = await sender.send(webhook);
            if (stopping || received().length <= 20) return result;
            held += 1;
            // Until the grace of the shutdown is over.
            await Context.current().cancelled.catch(() => undefined);
            return result;
          },
        }),
      },
    );
    await eventually(() => {
      expect(held).toBe(AT_ONCE);
    });
    await stop();
    stopping = true;
    const before = received().length;
    expect(before).toBeLessThan(180);
    await start();
    await allProcessed(180);
    expect(ids()).toBe(180);
    expect(twice()).toEqual([]);
    expectOrderPerRecord(received(), 60);
  }, 180_000);

  test('a worker that dies in the middle of a batch: at most what was under way is sent again, in order', async () => {
    await wanted();
    await accept(...changes(60));
    let isDead = false;
    let underWay = 0;
    const lost: string[] = [];
    const dead = () => new Error('killed');
    await start(
      {},
      {
        sender: (sender) => ({
          close: () => sender.close(),
          send: async (webhook) => {
            if (isDead) throw dead();
            underWay += 1;
            const result = await sender.send(webhook);
            // All places are taken, and the subscriber has what nobody will write down.
            if (received().length > 20 && underWay === AT_ONCE) isDead = true;
            if (received().length > 20)
              await eventually(() => {
                expect(isDead).toBe(true);
              });
            underWay -= 1;
            if (!isDead) return result;
            lost.push(webhook.id);
            throw dead();
          },
        }),
      },
    );
    await eventually(() => {
      expect(lost).toHaveLength(AT_ONCE);
    });
    await stop();
    const sent = received();
    expect(sent.length).toBeLessThan(180);
    await start();
    await allProcessed(180);
    expect(ids()).toBe(180);
    const again = subscriber().received.filter(
      ({ id }, place, all) => all.findIndex((one) => one.id === id) !== place,
    );
    expect(again.map(({ id }) => id).sort()).toEqual([...lost].sort());
    expectOrderPerRecord(received(), 60);
  }, 180_000);

  test('a batch that fails has nothing under way any more, begins nothing, and is done by the next try', async () => {
    await wanted();
    await accept(...changes(150, 1));
    let hasFailed = false;
    let underWay = 0;
    let begun = 0;
    const failures: { readonly underWay: number; readonly begun: number }[] = [];
    const ports: WorkerPorts = {
      deliveries: (all) => ({
        ...all,
        processBatch: async (batch) => {
          try {
            return await all.processBatch(batch);
          } catch (error) {
            failures.push({ underWay, begun });
            throw error;
          }
        },
      }),
      sender: (sender) => ({
        close: () => sender.close(),
        send: async (webhook) => {
          begun += 1;
          underWay += 1;
          try {
            if (!hasFailed && underWay === AT_ONCE) {
              hasFailed = true;
              throw new Error('no such secret');
            }
            // The others are still under way when one fails.
            await eventually(() => {
              expect(hasFailed).toBe(true);
            });
            return await sender.send(webhook);
          } finally {
            underWay -= 1;
          }
        },
      }),
    };
    await start({}, ports);
    await allProcessed(150);
    expect(failures).toEqual([{ underWay: 0, begun: RECORDS_AT_ONCE }]);
    expect(received()).toHaveLength(150);
    expect(ids()).toBe(150);
  }, 120_000);

  test('a batch that is terminated leaves dead letters, and a retry gives each its own workflow', async () => {
    await wanted();
    await accept(...changes(10));
    // Takes its events in hand, and comes no further.
    let giveUp: () => void = () => undefined;
    const givenUp = new Promise<never>((_, reject) => {
      giveUp = () => {
        reject(new Error('given up'));
      };
    });
    await start(
      {},
      {
        deliveries: (all) => ({
          ...all,
          processBatch: async (batch) => {
            const keys = batch.records.flatMap((record) => record.keys);
            await routeEvents(
              store().db,
              keys.map((key) => ({ key, runId: batch.runId, workflowId: batch.workflowId })),
            );
            return givenUp;
          },
        }),
      },
    );
    await becomes('processing', '1');
    const { workflowId } = (await readEvent(store().db, '1'))!;
    await run(workflowId!).terminate('test');
    giveUp();
    await stop();
    await store().db.execute(sql`update events set lease_until = now() where status = 'processing'`);
    await start();
    await statesBecome({ pending: 0, processing: 0, delivering: 0 });
    const dead = await store().db.execute<{ key: string }>(
      sql`select key from events where status = 'dead_letter'`,
    );
    expect(dead.rows).toHaveLength(30);
    for (const { key } of dead.rows) {
      await askRetry(store().db, key);
      await startsAgain(key);
    }
    await allProcessed(30);
    expect((await readEvent(store().db, dead.rows[0]!.key))!.workflowId).toBe(dead.rows[0]!.key);
    expect(ids()).toBe(30);
  }, 120_000);

  test('Reset of a batch delivers its events again, under the same webhook-ids', async () => {
    await wanted();
    await accept(...changes(4));
    await start();
    await allProcessed(12);
    const { workflowId } = (await readEvent(store().db, '1'))!;
    await run(workflowId!).result();
    await reset(workflowId!, firstTask);
    await eventually(() => {
      expect(subscriber().received).toHaveLength(24);
    });
    await allProcessed(12);
    expect(ids()).toBe(12);
  }, 120_000);
});
