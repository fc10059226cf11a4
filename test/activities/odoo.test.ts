// The activities that talk to Odoo, run as Temporal would run them: heartbeat, attempt, cancellation.
import { MockActivityEnvironment } from '@temporalio/testing';
import type { OdooActivities, PullRequest } from '../../src/contracts/activities';
import { createOdooActivities } from '../../src/activities/odoo';
import type { SyncFailure } from '../../src/domain/sync';
import { createIntake } from '../../src/intake/accept';
import { createOdooClient } from '../../src/odoo/client';
import { startSimulator } from '../../src/simulator/simulator';
import type { Simulator } from '../../src/simulator/simulator-types';
import { readTotals } from '../../src/store/counters';
import { readSourceHealth } from '../../src/store/source-health';
import { aSource } from '../support/builders';
import { QUIET } from '../support/quiet';
import { openTestStore, type TestStore } from '../support/stores';

const FIRST_PAGE: PullRequest = { source: 'main', cursor: 0, limitRows: 100, holding: false };

let store: TestStore;
let odoo: Simulator;
let reported: SyncFailure[];

beforeAll(async () => {
  store = await openTestStore('pglite');
}, 60_000);
beforeEach(async () => {
  await store.empty();
  odoo = await startSimulator();
  reported = [];
});
afterEach(() => odoo.close());
afterAll(() => store.close());

function activities(over: { maxPending?: number } = {}): OdooActivities {
  const client = createOdooClient({ baseUrl: odoo.url, apiKey: 'lab-key' });
  return createOdooActivities({
    db: store.db,
    intake: createIntake(store.db),
    sources: new Map([['main', { intake: aSource(), client, syncUserId: null }]]),
    maxPending: over.maxPending ?? 1_000,
    version: 'test',
    bell: { ring: () => undefined, setAwake: () => undefined },
    reportFailure: (_, failure) => Promise.resolve(void reported.push(failure)),
    nowMs: Date.now,
  });
}
const pull = (attempt: number, request = {}, over = {}) =>
  new MockActivityEnvironment({ attempt }, QUIET).run(
    (asked: PullRequest) => activities(over).pullPage(asked),
    { ...FIRST_PAGE, ...request },
  );
const acknowledge = (attempt: number, ids: readonly number[]) =>
  new MockActivityEnvironment({ attempt }, QUIET).run(() =>
    activities().acknowledge({ source: 'main', ids }),
  );

test('a page is committed before it is answered, and what it says is what came', async () => {
  odoo.changeMany(7);
  expect(await pull(1)).toMatchObject({
    kind: 'page',
    ids: [1, 2, 3, 4, 5, 6, 7],
    lastId: 7,
    rows: 7,
    accepted: 7,
    afterFailure: false,
  });
  expect((await readTotals(store.db)).states.pending).toBe(7);
});

test('a page that came at the second try says so: a sweep has to follow', async () => {
  odoo.changeMany(1);
  expect(await pull(2)).toMatchObject({ kind: 'page', afterFailure: true });
});

test('a full inbox holds, and holding goes on until a fifth is free', async () => {
  odoo.changeMany(10);
  await pull(1);
  expect(await pull(1, { cursor: 10 }, { maxPending: 9 })).toEqual({ kind: 'held', pending: 10 });
  expect(await pull(1, { cursor: 10, holding: true }, { maxPending: 12 })).toEqual({
    kind: 'held',
    pending: 10,
  });
  expect(await pull(1, { cursor: 10, holding: true }, { maxPending: 13 })).toMatchObject({ kind: 'page' });
});

test('a failure is told to the workflow and noted for readiness; its text names what to do', async () => {
  odoo.setApiKey('another');
  await expect(pull(1)).rejects.toThrow(/key/);
  expect(reported).toMatchObject([{ code: 'odoo-key-refused' }]);
  expect((await readSourceHealth(store.db, 'main')).lastError).toMatchObject({ code: 'odoo-key-refused' });
});

test('an error disguised as success is a failure, not an empty page', async () => {
  odoo.changeMany(3);
  odoo.faults.arm({ kind: 'query-failed', endpoints: ['pull'], times: 1 });
  await expect(pull(1)).rejects.toThrow();
  expect((await readTotals(store.db)).of('pulled')).toBe(0);
});

test('a batch that keeps failing for one deleted id is halved: the others are marked, it is reported', async () => {
  odoo.faults.arm({ kind: 'older-addon' });
  odoo.changeMany(30);
  await pull(1);
  odoo.deleteRow(13);
  const ids = Array.from({ length: 30 }, (_, n) => n + 1);
  // The first time the whole batch may simply have met a bad moment.
  await expect(acknowledge(1, ids)).rejects.toThrow();
  expect(odoo.ledger.unmarked().length).toBe(29);
  expect(await acknowledge(2, ids)).toEqual({ acknowledged: 29, refused: [13] });
  expect(odoo.ledger.unmarked()).toEqual([]);
});

test('a cancelled pull ends at once and is no failure of Odoo', async () => {
  odoo.faults.arm({ kind: 'slow', delayMs: 60_000, endpoints: ['pull'], times: 1 });
  const env = new MockActivityEnvironment({}, QUIET);
  const running = env.run(() => activities().pullPage(FIRST_PAGE));
  const failed = expect(running).rejects.toThrow();
  env.cancel();
  await failed;
  expect(reported).toEqual([]);
});

test('a source that is not configured is named', async () => {
  await expect(pull(1, { source: 'hq' })).rejects.toThrow(/"hq" is not configured/);
});
