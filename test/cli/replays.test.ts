// Acts on many events by the command line, against the real interface over a real store. How a replay goes on is played
// by the store; `npm run walkthrough` has it whole.
import { createIntake } from '../../src/intake/accept';
import { writeCircuits } from '../../src/store/circuits';
import { recordAttempts } from '../../src/store/deliveries/record';
import { routeEvents } from '../../src/store/events/route';
import { setReplayState } from '../../src/store/replays/rows';
import { ADMIN_KEY, startApi, type RunningApi } from '../api/running-api';
import { anArrival, aSource } from '../support/builders';
import { openTestStore, type TestStore } from '../support/stores';
import { subscribe, type TestSubscription } from '../support/subscriptions';
import { jisr, type At } from './at-terminal';

let store: TestStore;
let api: RunningApi;
let crm: TestSubscription;
const at = (more: At = {}): At => ({ url: api.url, key: ADMIN_KEY, ...more });
const retryAll = ['dead-letters', 'retry', '--error-class', 'rejected', '--reason', 'the CRM is mended'];
const replays = async () => {
  const { out } = await jisr('replays list -o json', at());
  return (JSON.parse(out) as { replays: { id: string; act: string; reason: string; planned: number }[] })
    .replays;
};

beforeAll(async () => {
  store = await openTestStore('pglite');
}, 60_000);
beforeEach(async () => {
  await store.empty();
  api = await startApi({ store });
  crm = await subscribe(store, { name: 'crm', url: 'http://crm.test/' });
  for (const key of ['1', '2', '3']) await anEvent(key, key === '3' ? 'sent' : 'dead');
});
afterEach(() => api.close());
afterAll(() => store.close());

/** Its delivery waits. */
async function anArrivedEvent(key: string) {
  const arrival = anArrival({ eventId: key, recordId: Number(key) });
  await createIntake(store.db).accept(aSource(), 'pull', [arrival], null);
  const run = { key, runId: 'r1', workflowId: key };
  const [routed] = await routeEvents(store.db, [run]);
  return { run, routed };
}

async function anEvent(key: string, end: 'sent' | 'dead'): Promise<void> {
  const { run, routed } = await anArrivedEvent(key);
  const attempt = { status: 404, durationMs: 1, response: 'no', errorClass: 'rejected', message: 'no' };
  await recordAttempts(store.db, [{ ...run, id: routed!.waiting[0]!.id, attempt, end: { state: end } }]);
}

/** As soon as one is there, it ends so. */
async function ends(to: 'done' | 'aborted'): Promise<void> {
  for (;;) {
    const [replay] = await replays();
    if (replay !== undefined) {
      await setReplayState(store.db, replay.id, to, null);
      return;
    }
  }
}

test('dead letters are shown by what failed, with what to do by command', async () => {
  const { out } = await jisr('dead-letters list', at());
  expect(out).toMatch(/^rejected +crm +crm\.test +2 /m);
  expect(out).toMatch(/look +jisr events show 2/);
  expect(out).toMatch(/retry all +jisr dead-letters retry --error-class rejected --subscription crm/);
});

test('an open circuit is said wherever it holds something up, with what lets it go', async () => {
  const held = /the circuit of crm is open, next attempt .*`jisr subscriptions resume crm` sends/;
  await anArrivedEvent('4');
  expect((await jisr('events show 4', at())).out).not.toMatch(held);
  await writeCircuits(
    store.db,
    [{ subscriptionId: crm.id, closes: false, failures: 12, probeFailed: false }],
    10,
  );
  expect((await jisr('dead-letters list', at())).out).toMatch(held);
  expect((await jisr('events show 4', at())).out).toMatch(held);
  expect((await jisr('events show 3', at())).out).not.toMatch(held);
  expect((await jisr('deliveries list', at())).err).toMatch(held);
  expect((await jisr('subscriptions show crm', at())).out).toMatch(/jisr subscriptions resume crm$/);
  await jisr('subscriptions resume crm', at());
  expect((await jisr('events show 4', at())).out).not.toMatch(held);
});

test('a dry run says how many and which, and nothing is done', async () => {
  const { code, out } = await jisr([...retryAll, '--dry-run'], at());
  expect({ code, out }).toEqual({ code: 0, out: 'would retry 2 events, such as 1, 2' });
  expect(JSON.parse((await jisr([...retryAll, '--dry-run', '-o', 'json'], at())).out)).toMatchObject({
    count: 2,
  });
  expect(await replays()).toEqual([]);
});

test('whoever says no has changed nothing', async () => {
  const { code, asked } = await jisr(retryAll, at({ answer: 'n' }));
  expect({ code, asked }).toEqual({ code: 1, asked: ['retry 2 events? [y/N] '] });
  expect(await replays()).toEqual([]);
});

test('where nobody can be asked it wants --yes, and does nothing without', async () => {
  const refused = await jisr(retryAll, at());
  expect(refused).toMatchObject({
    code: 2,
    err: expect.stringMatching(/retry 2 events\?.*--yes.*--dry-run/) as unknown,
  });
  expect(await replays()).toEqual([]);
  expect((await jisr([...retryAll, '--yes'], at())).out).toMatch(/jisr replays show r-\S+ --watch/);
  expect(await replays()).toMatchObject([{ act: 'retry', reason: 'the CRM is mended', planned: 2 }]);
});

test('what fits nothing is told, asks nobody and does nothing', async () => {
  const none = ['dead-letters', 'discard', '--error-class', 'timeout', '--reason', 'x'];
  expect(await jisr(none, at())).toMatchObject({
    code: 0,
    out: 'no event fits: nothing is to be done',
    asked: [],
  });
});

test('a replay passes on all that it was given', async () => {
  const words =
    'replays create --model res.* --record-id 3 --only all --subscription crm --rate 7 --reason x --yes -o json';
  const { id } = JSON.parse((await jisr(words, at())).out) as { id: string };
  expect(JSON.parse((await jisr(`replays show ${id} -o json`, at())).out)).toMatchObject({
    act: 'replay',
    only: 'all',
    subscription: { name: 'crm' },
    rate_per_second: 7,
    filter: { model: 'res.*', record_id: 3 },
    planned: 1,
  });
  expect((await jisr(`replays show ${id}`, at())).out).toMatch(/progress +0 of 1 handed on \(0 %\)/);
});

test.each(['retry', 'discard'])(
  'dead letters are given to %s at the rate that was asked for',
  async (act) => {
    const words = `dead-letters ${act} --error-class rejected --rate 7 --reason x --yes -o json`;
    const { id } = JSON.parse((await jisr(words, at())).out) as { id: string };
    expect(JSON.parse((await jisr(`replays show ${id} -o json`, at())).out)).toMatchObject({
      rate_per_second: 7,
    });
  },
);

test('an unknown subscription is told by command', async () => {
  const { code, err } = await jisr('replays create --q 3 --subscription erp --reason x --yes', at());
  expect(code).toBe(1);
  expect(err).toMatch(/no subscription has the id or name "erp": jisr subscriptions list/);
});

test('--wait follows it to its end: written over on a terminal, and 0 when it is done', async () => {
  const [said] = await Promise.all([
    jisr([...retryAll, '--yes', '--wait'], at({ columns: 80 })),
    ends('done'),
  ]);
  expect(said).toMatchObject({ code: 0, out: expect.stringMatching(/^retry r-\S+ is done: /) as unknown });
});

test('--watch of one that is aborted ends with 1', async () => {
  await jisr([...retryAll, '--yes'], at());
  const [replay] = await replays();
  await setReplayState(store.db, replay!.id, 'aborted', null);
  expect(await jisr(`replays show ${replay!.id} --watch`, at())).toMatchObject({ code: 1 });
});

test('Ctrl-C ends the watching only, and says so', async () => {
  await jisr([...retryAll, '--yes'], at());
  const [replay] = await replays();
  const enough = new AbortController();
  const watching = jisr(`replays show ${replay!.id} --watch`, at({ enough: enough.signal }));
  enough.abort();
  expect((await watching).code).toBe(130);
  expect((await jisr(`replays show ${replay!.id}`, at())).out).toMatch(/state +running/);
});

test('one is paused with a reason, resumed, and aborted by --yes', async () => {
  await jisr([...retryAll, '--yes'], at());
  const [replay] = await replays();
  const { id } = replay!;
  expect((await jisr(['replays', 'pause', id, '--reason', 'slow'], at())).out).toMatch(/is paused: 0 of 2/);
  expect((await jisr(`replays show ${id}`, at())).out).toMatch(/held +by admin: slow/);
  expect((await jisr(`replays resume ${id}`, at())).out).toMatch(/is running/);
  expect(await jisr(`replays abort ${id}`, at())).toMatchObject({ code: 2 });
  expect((await jisr(`replays abort ${id} --yes`, at())).out).toMatch(/is aborted/);
  expect(await jisr(`replays resume ${id}`, at())).toMatchObject({
    code: 1,
    err: expect.stringMatching(/it is aborted and stays so/) as unknown,
  });
});
