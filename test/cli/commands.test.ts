// The commands against the real HTTP interface, on a real socket over a real store.
import { rmSync, writeFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { sql } from 'drizzle-orm';
import { join } from 'node:path';
import { createIntake } from '../../src/intake/accept';
import { anArrival, aSource } from '../support/builders';
import { openTestStore, type TestStore } from '../support/stores';
import { routeEvents } from '../../src/store/events/route';
import { dropQuarantined } from '../../src/store/retention';
import { ADMIN_KEY, startApi, type RunningApi } from '../api/running-api';
import { jisr, type At } from './at-terminal';

let store: TestStore;
let api: RunningApi;
let folder: string;
const at = (more: At = {}): At => ({ url: api.url, key: ADMIN_KEY, ...more });
const json = async (words: string) => JSON.parse((await jisr(`${words} -o json`, at())).out) as unknown;

beforeAll(async () => {
  store = await openTestStore('pglite');
}, 60_000);
beforeEach(async () => {
  await store.empty();
  api = await startApi({ store });
  folder = mkdtempSync(join(tmpdir(), 'jisr-cli-'));
  const arrivals = ['1', '2', '3'].map((eventId, n) =>
    anArrival({ eventId, recordId: n + 40, model: 'res.partner', payload: { name: `Ü${n}` } }),
  );
  await createIntake(store.db).accept(aSource(), 'pull', arrivals, null);
  await routeEvents(store.db, [{ key: '1', runId: 'run-1', workflowId: '1' }]);
});
afterEach(async () => {
  await api.close();
  rmSync(folder, { recursive: true });
});
afterAll(() => store.close());

describe('events', () => {
  test('are listed as a table, newest first', async () => {
    const { code, out } = await jisr('events list', at());
    expect(code).toBe(0);
    const [head, ...rows] = out.split('\n');
    expect(head).toMatch(/^KEY +RECORD +OPERATION +STATUS/);
    expect(rows.map((row) => row.split(/ +/).slice(0, 4).join(' '))).toEqual([
      '3 res.partner/42 write pending',
      '2 res.partner/41 write pending',
      '1 res.partner/40 write processed',
    ]);
    expect(out).toMatch(/\d{4}-\d\d-\d\dT/);
  });

  test('on a terminal times are relative, states have colour, and lines its width', async () => {
    const { out } = await jisr('events list', at({ columns: 70, hasColour: true }));
    expect(out).toContain('\u001b[33mpending');
    expect(out).toMatch(/now|ago/);
    const plain = out
      .replaceAll('\u001b[33m', '')
      .replaceAll('\u001b[32m', '')
      .replaceAll(/\W\[[01]m/g, '');
    for (const line of plain.split('\n')) expect(line.length).toBeLessThanOrEqual(70);
  });

  test('JSON is what the interface answers', async () => {
    expect(await json('events list --limit 2')).toEqual((await api.get('/api/v1/events?limit=2')).body);
    expect(await json('events show 1')).toEqual((await api.get('/api/v1/events/1')).body);
  });

  test('a page says how to go on, and --all shows all', async () => {
    const { out, err } = await jisr('events list --limit 2', at());
    expect(out.split('\n')).toHaveLength(3);
    const [, cursor = ''] = /--cursor (\S+)/.exec(err) ?? [];
    expect((await jisr(`events list --cursor ${cursor}`, at())).out).toMatch(/^1 /m);
    expect((await jisr('events list --limit 2 --all', at())).out.split('\n')).toHaveLength(4);
  });

  test.each([
    ['--status processed', ['1']],
    ['--model res.partner --record-id 41', ['2']],
    ['--pull-id 3', ['3']],
    ['--q res.partner/42', ['3']],
    ['--since 1h --order asc', ['1', '2', '3']],
    ['--until 1h', []],
  ])('filters are passed on: %s', async (filter, keys) => {
    const { events } = (await json(`events list ${filter}`)) as { events: { key: string }[] };
    expect(events.map(({ key }) => key)).toEqual(keys);
  });

  test('one is shown whole, with its copies', async () => {
    const { out } = await jisr('events show 2', at());
    expect(out).toMatch(/^Payload\n\{\n {2}"name": "Ü1"\n\}$/m);
    expect(out).toMatch(/How it came\nCHANNEL +ID/);
    expect(out).toMatch(/^pull +2 /m);
  });

  test('an act that the state does not allow is refused with what to do, and exits 1', async () => {
    const { code, err } = await jisr('events retry 1', at());
    expect(code).toBe(1);
    expect(err).toMatch(/the event is processed: .*replay it instead: jisr events replay 1$/);
  });

  test('a dry run says what would be done, and does nothing', async () => {
    const { code, out } = await jisr(['events', 'replay', '1', '--reason', 'a test', '--dry-run'], at());
    expect(code).toBe(0);
    expect(out).toBe(
      'would replay event 1, which is processed now: POST /api/v1/events/1/replay {"reason":"a test"}',
    );
    expect(await json('events replay 1 --dry-run')).toEqual({
      dry_run: true,
      method: 'POST',
      path: '/api/v1/events/1/replay',
      body: null,
    });
    expect(await json('events show 1')).toMatchObject({ status: 'processed', actions: [] });
  });

  test('what is done is really done', async () => {
    expect((await jisr(['events', 'replay', '1', '--reason', 'a test'], at())).code).toBe(0);
    expect(await json('events show 1')).toMatchObject({
      status: 'pending',
      actions: [{ action: 'replay', reason: 'a test' }],
    });
  });

  test('an unknown key says how to look for it by command', async () => {
    const { code, err } = await jisr('events show nobody', at());
    expect(code).toBe(1);
    expect(err).toMatch(/no event has the key "nobody": .*jisr events list --q …/);
    expect(JSON.parse((await jisr('events show nobody -o json', at())).err)).toMatchObject({ status: 404 });
  });
});

describe('sources and processing', () => {
  test('a source is paused, set and resumed', async () => {
    expect((await jisr(['sources', 'pause', 'main', '--reason', 'month-end'], at())).out).toMatch(
      /main is paused/,
    );
    expect((await jisr('sources list', at())).out).toMatch(/^main +paused .*month-end$/m);
    expect((await jisr('sources pull main', at())).err).toMatch(/resume it first/);
    expect((await jisr('sources set main --interval 5s --limit 50', at())).out).toMatch(
      /every 5000 ms, 50 rows/,
    );
    expect((await jisr('sources resume main', at())).code).toBe(0);
    expect(api.control.asked).toEqual(['pause main', 'configure main', 'resume main']);
  });

  test('setting nothing is wrong usage', async () => {
    expect(await jisr('sources set main', at())).toMatchObject({
      code: 2,
      err: expect.stringMatching(/--interval/) as unknown,
    });
  });

  test('the books say what is missing, and exit 1 until nothing is', async () => {
    const nowMs = Date.now();
    api.control.set('main', { cursor: 3, lastSuccessMs: nowMs, sweptMs: nowMs });
    const { code, out } = await jisr('sources reconcile main', at());
    expect(code).toBe(1);
    expect(out).toMatch(/verdict +incomplete: 2 events wait/);
    await routeEvents(
      store.db,
      ['2', '3'].map((key) => ({ key, runId: `run-${key}`, workflowId: key })),
    );
    const later = await jisr('sources reconcile main', at());
    expect(later).toMatchObject({
      code: 0,
      out: expect.stringMatching(/verdict +complete up to 3/) as unknown,
    });
  });

  test('processing is shown, paused with a reason, and resumed', async () => {
    expect((await jisr('processing show', at())).out).toBe('processing is running');
    await jisr(['processing', 'pause', '--reason', 'upgrade'], at());
    expect(await json('processing show')).toEqual({ state: 'paused', reason: 'upgrade' });
    expect((await jisr('processing resume', at())).out).toBe('processing is running');
  });
});

describe('subscriptions', () => {
  const create =
    'subscriptions create crm http://127.0.0.1:9/hook --models res.*,sale.order --operations write';

  test('one is made, with its secret, found by its name, changed and deleted', async () => {
    const made = await jisr(`${create} --rate 5 --ordered`, at());
    expect(made.out).toMatch(/secret, shown only now: whsec_/);
    expect(made.out).toMatch(/wants +models res\.\*, sale\.order; operations write/);
    const changed = await jisr('subscriptions update crm --models any --rate none --no-ordered', at());
    expect(changed.out).toMatch(/wants +operations write\n/);
    expect(await json('subscriptions show crm')).toMatchObject({
      filter: { operations: ['write'] },
      ordered: false,
      rate_per_second: null,
    });
    expect((await jisr('subscriptions delete crm', at({ answer: 'y' }))).code).toBe(0);
    expect((await jisr('subscriptions list', at())).err).toMatch(/nobody has subscribed/);
  });

  test('deleting asks on a terminal, and whoever says no keeps it', async () => {
    await jisr(create, at());
    const { code, asked, err } = await jisr('subscriptions delete crm', at({ answer: '' }));
    expect({ code, asked }).toEqual({ code: 1, asked: ['delete subscription crm? [y/N] '] });
    expect(err).toBe('nothing was done');
    expect((await jisr('subscriptions show crm', at())).code).toBe(0);
  });

  test('Ctrl-C at the question keeps it, with 130', async () => {
    await jisr(create, at());
    expect(await jisr('subscriptions delete crm', at({ answer: null }))).toMatchObject({ code: 130 });
    expect((await jisr('subscriptions show crm', at())).code).toBe(0);
  });

  test('deleting where nobody can be asked wants --yes', async () => {
    await jisr(create, at());
    const refused = await jisr('subscriptions delete crm', at());
    expect(refused.code).toBe(2);
    expect(refused.err).toMatch(/--yes/);
    expect((await jisr('subscriptions delete crm --yes', at())).code).toBe(0);
  });

  test('one is paused, resumed, given a new secret, and tried out', async () => {
    await jisr(create, at());
    expect((await jisr('subscriptions pause crm', at())).out).toBe('subscription crm is paused');
    expect((await jisr('subscriptions resume crm', at())).out).toBe('subscription crm is active');
    expect((await jisr('subscriptions rotate-secret crm', at())).out).toMatch(
      /new secret, shown only now: whsec_/,
    );
    const tried = await jisr('subscriptions test crm', at());
    expect(tried.code).toBe(1);
    expect(tried.out).toMatch(/crm did not take it: .*nobody listens/);
  });

  test('a wrong value is said by its name, and an unknown subscription by those that there are', async () => {
    await jisr(create, at());
    const wrong = await jisr('subscriptions update crm --url ftp://x', at());
    expect(wrong).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^url: found "ftp:\/\/x", expected an http/) as unknown,
    });
    expect((await jisr('subscriptions show erp', at())).err).toMatch(
      /no subscription is called "erp": there are crm/,
    );
  });
});

describe('quarantine', () => {
  beforeEach(async () => {
    const raw = { id: 9, model: 7 };
    const arrival = { kind: 'unreadable' as const, eventId: '9', raw, reason: 'model: not a text' };
    await createIntake(store.db).accept(aSource(), 'pull', [arrival], null);
  });

  test('an entry is listed, shown and discarded with its reason', async () => {
    expect((await jisr('quarantine list --status open', at())).out).toMatch(
      /^1 +main +pull +open .*model: not a text/m,
    );
    expect((await jisr('quarantine show 1', at())).out).toMatch(
      /What came\n\{.*"model".*\n\nWhat to do\n.*jisr quarantine retry 1 --raw-file/,
    );
    expect((await jisr('quarantine retry 1', at())).err).toMatch(/give the corrected event by --raw-file/);
    expect(await jisr('quarantine discard 1', at())).toMatchObject({ code: 2 });
    expect((await jisr(['quarantine', 'discard', '1', '--reason', 'a test'], at())).code).toBe(0);
    expect((await jisr('quarantine show 1', at())).out).toMatch(/status +discarded/);
    expect((await jisr('quarantine retry 1', at())).err).toMatch(/it is settled/);
  });

  test('what came is told to be dropped once it was, and when', async () => {
    await jisr(['quarantine', 'discard', '1', '--reason', 'a test'], at());
    await store.db.execute(sql`update quarantine set settled_at = now() - interval '100 days'`);
    await dropQuarantined(store.db, 90, 10);
    const { out } = await jisr('quarantine show 1', at());
    expect(out).toMatch(/What came\nit was dropped \S.*, JISR_PAYLOAD_DAYS after it was settled/);
    expect(out).not.toContain('null');
  });

  test('a file that is not there is told, and nothing is sent', async () => {
    const { code, err } = await jisr(
      'quarantine retry 1 --raw-file nothing.json',
      at({ workingFolder: folder }),
    );
    expect(code).toBe(1);
    expect(err).toMatch(/nothing\.json cannot be read/);
  });

  test('what was corrected becomes an event', async () => {
    const corrected = {
      id: 9,
      model: 'res.partner',
      record_id: 1,
      event: 'write',
      timestamp: '2026-11-24T02:00:00',
      payload: { name: 'A' },
    };
    writeFileSync(join(folder, 'raw.json'), JSON.stringify(corrected));
    const { code, out, err } = await jisr(
      ['quarantine', 'retry', '1', '--raw-file', 'raw.json', '--reason', 'the model was misspelt'],
      at({ workingFolder: folder }),
    );
    expect({ code, out, err }).toMatchObject({ code: 0, out: 'it became event 9: `jisr events show 9`' });
    expect((await jisr('quarantine show 1', at())).out).toMatch(/^reason +the model was misspelt$/m);
  });
});

test('stats, notices, deliveries and dead letters of a quiet bridge say so', async () => {
  expect((await jisr('stats', at())).out).toMatch(/^pending +2\n/m);
  expect((await jisr('notices list', at())).err).toBe('nothing to know of');
  expect((await jisr('deliveries list', at())).err).toBe('no delivery fits');
  expect((await jisr('dead-letters list', at())).err).toBe('no event needs a person');
});

test.each(['dead-letters retry --reason x', 'replays create --reason x'])(
  '`jisr %s` without a filter is wrong usage: nobody means all by chance',
  async (words) => {
    const { code, err } = await jisr(words, at());
    expect(code).toBe(2);
    expect(err).toMatch(/^say which/);
  },
);

test.each([
  'events list --limit 0',
  'events list --status lost',
  'events list --since yesterday',
  'events show',
  'sources set main --interval 5',
])('`jisr %s` is wrong usage, and asks nothing of the bridge', async (words) => {
  const before = api.lines.length;
  expect((await jisr(words, at())).code).toBe(2);
  expect(api.lines).toHaveLength(before);
});
