// Circuits in the store: they count, open for longer each time, let one probe through, and outlive their process.
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import type { CircuitChange } from '../../src/domain/circuit';
import { createIntake } from '../../src/intake/accept';
import { createLogger } from '../../src/logger';
import { readCircuits, takeProbe, writeCircuits } from '../../src/store/circuits';
import { openStore, type StoreLocation } from '../../src/store/database';
import { loadDeliveries } from '../../src/store/deliveries/load';
import { disableSubscription } from '../../src/store/disabling';
import { routeEvents } from '../../src/store/events/route';
import { listNotices } from '../../src/store/notices';
import { circuits } from '../../src/store/schema';
import { readSubscription, setSubscriptionStatus } from '../../src/store/subscriptions';
import { anArrival, aSource } from '../support/builders';
import { createTestDatabase, describeOnBothEngines, type Engine, type TestStore } from '../support/stores';
import { subscribe } from '../support/subscriptions';

describeOnBothEngines('circuits', (open, engine) => {
  let store: TestStore;
  let id: string;
  beforeAll(async () => {
    store = await open();
  }, 60_000);
  beforeEach(async () => {
    await store.empty();
    ({ id } = await subscribe(store, { url: 'https://crm.test/hook' }));
  });
  afterAll(() => store.close());

  const failed = (failures: number, over: Partial<CircuitChange> = {}): CircuitChange => ({
    subscriptionId: id,
    closes: false,
    failures,
    probeFailed: false,
    ...over,
  });
  const note = async (...changes: CircuitChange[]) => (await writeCircuits(store.db, changes, 10))[0];
  const read = async () => (await readCircuits(store.db, [id])).get(id);
  const passes = (interval: string) =>
    store.db.execute(sql`update circuits set open_until = open_until - ${interval}::interval`);

  test('it opens at ten failures in a row, for five seconds', async () => {
    expect(await note(failed(9))).toMatchObject({ failures: 9, openForMs: null });
    expect(await note(failed(1))).toMatchObject({ failures: 10, openForMs: 5_000 });
    expect((await read())!.openForMs!).toBeLessThanOrEqual(5_000);
  });

  test('an answer takes it away, and what fails after it counts anew', async () => {
    await note(failed(9));
    expect(await note(failed(1, { closes: true }))).toMatchObject({ failures: 1, openForMs: null });
    expect(await note(failed(0, { closes: true }))).toBeUndefined();
    expect(await read()).toBeUndefined();
  });

  test('failures that were under way when it opened keep it open no longer; each probe that fails does', async () => {
    await note(failed(10));
    const { openUntilMs } = (await read())!;
    expect((await note(failed(3)))!.openUntilMs).toBe(openUntilMs);
    const longer: number[] = [];
    // The store keeps whole ms, so one may be missing or too much.
    for (let n = 0; n < 9; n += 1)
      longer.push(Math.round((await note(failed(1, { probeFailed: true })))!.openForMs! / 10) * 10);
    expect(longer).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, 320_000, 600_000, 600_000, 600_000]);
  });

  test('with 0 it counts and never opens', async () => {
    const [circuit] = await writeCircuits(store.db, [failed(500)], 0);
    expect(circuit).toMatchObject({ failures: 500, openForMs: null });
  });

  test('many writes side by side count every failure, and wait for nobody crosswise', async () => {
    const erp = await subscribe(store, { name: 'erp', url: 'https://erp.test/' });
    const both = [failed(1), failed(1, { subscriptionId: erp.id })];
    await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        writeCircuits(store.db, n % 2 === 0 ? both : [...both].reverse(), 0),
      ),
    );
    const found = await readCircuits(store.db, [id, erp.id]);
    expect([...found.values()].map(({ failures }) => failures)).toEqual([30, 30]);
  });

  test('of many that want to probe at once one may, and the next one when it was lost', async () => {
    await note(failed(10));
    expect(await takeProbe(store.db, id)).toBe(false);
    await passes('6 s');
    const taken = await Promise.all(Array.from({ length: 8 }, () => takeProbe(store.db, id)));
    expect(taken.filter((one) => one)).toHaveLength(1);
    expect((await read())!.openForMs!).toBeGreaterThan(15_000);
    await passes('21 s');
    expect(await takeProbe(store.db, id)).toBe(true);
  });

  test('a subscription that is gone has none', async () => {
    expect(await note(failed(1, { subscriptionId: 'sub_nobody' }))).toBeUndefined();
  });

  test('a delivery is loaded with its circuit', async () => {
    await createIntake(store.db).accept(aSource(), 'pull', [anArrival()], null);
    const [routed] = await routeEvents(store.db, [{ key: '17', runId: 'r1', workflowId: '17' }]);
    const circuit = async () => (await loadDeliveries(store.db, [routed!.waiting[0]!.id]))[0]!.circuit;
    expect(await circuit()).toBeNull();
    await note(failed(1));
    expect(await circuit()).toEqual({ openForMs: null });
    await note(failed(9));
    expect((await circuit())!.openForMs).toBeGreaterThan(0);
  });

  test('who is disabled by itself is said once and begins anew', async () => {
    await note(failed(10));
    const disabling = {
      subscriptionId: id,
      url: 'https://crm.test/hook',
      reason: 'it answered 410',
      message: 'do this',
    };
    expect(await disableSubscription(store.db, disabling)).toBe(true);
    expect(await disableSubscription(store.db, disabling)).toBe(false);
    expect(await readSubscription(store.db, id)).toMatchObject({
      status: 'disabled',
      statusReason: 'it answered 410',
    });
    expect(await listNotices(store.db, { limitRows: 9, before: null })).toMatchObject([
      { kind: 'subscription-disabled', subject: id, message: 'do this' },
    ]);
    expect(await store.db.select().from(circuits)).toEqual([]);
  });

  test('what a person has deleted stays so', async () => {
    await setSubscriptionStatus(store.db, id, 'deleted', null);
    const disabling = {
      subscriptionId: id,
      url: 'https://crm.test/hook',
      reason: 'it answered 410',
      message: 'do this',
    };
    expect(await disableSubscription(store.db, disabling)).toBe(false);
    expect(await listNotices(store.db, { limitRows: 9, before: null })).toEqual([]);
  });

  test('it outlives its process, and processes share it', async () => {
    const silent = createLogger({ level: 'silent' });
    const place = await aPlace(engine);
    const one = await openStore(place.location, silent);
    const made = await subscribe({ ...one, empty: () => Promise.resolve() }, { url: 'https://crm.test/' });
    await writeCircuits(one.db, [failed(10, { subscriptionId: made.id })], 10);
    await one.db.update(circuits).set({ openUntil: sql`now()` });
    await one.close();
    const again = await openStore(place.location, silent);
    // Of PGlite there is one process only.
    const other = engine === 'postgres' ? await openStore(place.location, silent) : again;
    expect((await readCircuits(again.db, [made.id])).get(made.id)).toMatchObject({ failures: 10 });
    const taken = await Promise.all([again, other, again, other].map(({ db }) => takeProbe(db, made.id)));
    expect(taken.filter((mine) => mine)).toHaveLength(1);
    await again.close();
    if (other !== again) await other.close();
    await place.remove();
  }, 30_000);
});

async function aPlace(engine: Engine): Promise<{ location: StoreLocation; remove: () => Promise<void> }> {
  if (engine === 'postgres') {
    const { url, drop } = await createTestDatabase();
    return { location: { engine, url }, remove: drop };
  }
  const folder = mkdtempSync(join(tmpdir(), 'jisr-circuits-'));
  return {
    location: { engine, folder: join(folder, 'store') },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
