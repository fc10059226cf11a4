// What a check-up says of what it found.
import type { Finding } from '../../src/domain/checkups/finding';
import { sourceFindings, type OdooFacts } from '../../src/domain/checkups/odoo';
import { openMatterFindings, storeFindings, type StoreFacts } from '../../src/domain/checkups/store';
import { subscriptionFinding, type SubscriptionFacts } from '../../src/domain/checkups/subscriptions';
import { temporalFindings, type TemporalFacts } from '../../src/domain/checkups/temporal';

const levelsOf = (findings: readonly Finding[]) =>
  Object.fromEntries(findings.map(({ name, level }) => [name, level]));
const named = (findings: readonly Finding[], name: string) => findings.find((one) => one.name === name);

describe('an Odoo', () => {
  const MAIN = { name: 'main', pulls: true, takesPushes: true, sharedEventIds: false };
  const refused = (code: 'odoo-key-refused' | 'odoo-unreachable' | 'odoo-addon-missing') =>
    ({ kind: 'failed', failure: { code, message: 'what to do', httpStatus: null } }) as const;
  const facts = (over: Partial<OdooFacts> = {}): OdooFacts => ({
    health: { kind: 'ok', value: { pendingEvents: 3, skewMs: 100 } },
    pull: { kind: 'ok', value: { oldestAgeMs: 1_000 } },
    ...over,
  });

  test('that is well has nothing but good lines', () => {
    const found = sourceFindings(MAIN, facts(), []);
    expect(levelsOf(found)).toEqual({
      reachable: 'ok',
      addon: 'ok',
      clock: 'ok',
      key: 'ok',
      rows: 'ok',
      pushes: 'ok',
      ids: 'ok',
    });
  });

  test('that is down says only that, once', () => {
    const down = facts({ health: refused('odoo-unreachable'), pull: refused('odoo-unreachable') });
    expect(levelsOf(sourceFindings(MAIN, down, null))).toEqual({ reachable: 'fail', pushes: 'ok' });
  });

  test('without the addon answers all the same', () => {
    const bare = facts({ health: refused('odoo-addon-missing'), pull: refused('odoo-addon-missing') });
    expect(levelsOf(sourceFindings(MAIN, bare, null))).toMatchObject({ reachable: 'ok', addon: 'fail' });
  });

  test('that refuses the key is there', () => {
    const found = sourceFindings(MAIN, facts({ pull: refused('odoo-key-refused') }), null);
    expect(levelsOf(found)).toMatchObject({ reachable: 'ok', addon: 'ok', key: 'fail' });
    expect(named(found, 'key')?.detail).toBe('what to do');
  });

  test.each([
    [-29_000, 'ok'],
    [31_000, 'warn'],
    [-3_600_000, 'warn'],
    [null, 'ok'],
  ])('whose clock is %s ms ahead is %s', (skewMs, level) => {
    const found = sourceFindings(
      MAIN,
      facts({ health: { kind: 'ok', value: { pendingEvents: 0, skewMs } } }),
      null,
    );
    expect(named(found, 'clock')?.level).toBe(level);
  });

  test('whose rows wait for long is worth a look', () => {
    const old = facts({ pull: { kind: 'ok', value: { oldestAgeMs: 3 * 3_600_000 } } });
    const rows = named(sourceFindings(MAIN, old, null), 'rows');
    expect(rows).toMatchObject({ level: 'warn', detail: '3 rows not marked yet, the oldest for 3 h' });
  });

  test.each([
    [[['168', '176']], false, 'ok', /two sequences: push 168 is pull 176/],
    [
      [
        ['7', '7'],
        ['168', '176'],
      ],
      true,
      'fail',
      /ODOO_SHARED_EVENT_IDS/,
    ],
    [[['7', '7']], true, 'ok', /in step/],
    [[['7', '7']], false, 'ok', /in step/],
    [[], true, 'ok', /no event has come by push and pull yet/],
  ] as const)(
    'with the ids %j, one sequence configured: %s, is %s',
    (pairs, sharedEventIds, level, words) => {
      const ids = pairs.map(([pushId, pullId]) => ({ pushId, pullId }));
      const found = named(sourceFindings({ ...MAIN, sharedEventIds }, facts(), ids), 'ids');
      expect(found?.level).toBe(level);
      expect(`${found!.detail} ${found!.hint ?? ''}`).toMatch(words);
    },
  );

  test('without credentials for pushes is worth a look, and broken where nothing is pulled either', () => {
    const noPushes = { ...MAIN, takesPushes: false };
    expect(named(sourceFindings(noPushes, facts(), null), 'pushes')).toMatchObject({ level: 'warn' });
    const nothing = sourceFindings({ ...noPushes, pulls: false }, null, null);
    expect(nothing).toMatchObject([{ name: 'pushes', level: 'fail' }]);
  });
});

describe('the store', () => {
  const facts = (over: Partial<StoreFacts> = {}): StoreFacts => ({
    engine: 'PGlite',
    migrationsDone: 7,
    migrationsToCome: 0,
    bytes: 5 * 1024 ** 3,
    notWritable: null,
    freeBytes: null,
    ...over,
  });

  test.each([
    [{}, { migrations: 'ok', writable: 'ok' }],
    [{ migrationsToCome: 1 }, { migrations: 'fail' }],
    [{ notWritable: 'cannot execute INSERT in a read-only transaction' }, { writable: 'fail' }],
    [{ freeBytes: 50 * 1024 ** 3 }, { disk: 'ok' }],
    [{ freeBytes: 1024 ** 3 }, { disk: 'warn' }],
    [{ freeBytes: 1024 ** 2 }, { disk: 'fail' }],
  ])('with %j is %j', (over, levels) => {
    expect(levelsOf(storeFindings(facts(over)))).toMatchObject(levels);
  });

  test('what waits for a person is worth a look', () => {
    expect(levelsOf(openMatterFindings({ deadLetters: 0, quarantined: 0 }))).toEqual({
      'dead letters': 'ok',
      quarantine: 'ok',
    });
    expect(levelsOf(openMatterFindings({ deadLetters: 1, quarantined: 2 }))).toEqual({
      'dead letters': 'warn',
      quarantine: 'warn',
    });
  });
});

describe('Temporal', () => {
  const there: Extract<TemporalFacts, { kind: 'there' }> = {
    kind: 'there',
    serverVersion: '1.29.1',
    sdkVersion: '1.24.0',
    namespace: 'default',
    retentionDays: 30,
    missingAttributes: [],
    queues: [{ name: 'jisr', kind: 'workflows', pollers: [{ identity: '1@host', agoMs: 5_000 }] }],
    runs: [{ id: 'odoo-pull', status: 'running', taskAttempt: 1 }],
  };
  const lines = (over: Partial<typeof there>) => levelsOf(temporalFindings({ ...there, ...over }));

  test('that does not answer is one broken line', () => {
    expect(temporalFindings({ kind: 'away', reason: 'no answer' })).toMatchObject([
      { name: 'reachable', level: 'fail' },
    ]);
  });

  test.each([
    [{}, { 'queue jisr, workflows': 'ok', 'workflow odoo-pull': 'ok', namespace: 'ok' }],
    [{ retentionDays: 3 }, { namespace: 'warn' }],
    [{ missingAttributes: ['OdooModel'] }, { 'search attributes': 'fail' }],
    [{ queues: [{ ...there.queues[0]!, pollers: [] }] }, { 'queue jisr, workflows': 'fail' }],
    [
      { queues: [{ ...there.queues[0]!, pollers: [{ identity: 'gone', agoMs: 200_000 }] }] },
      { 'queue jisr, workflows': 'fail' },
    ],
    [{ runs: [{ ...there.runs[0]!, status: 'missing' }] }, { 'workflow odoo-pull': 'fail' }],
    [{ runs: [{ ...there.runs[0]!, status: 'terminated' }] }, { 'workflow odoo-pull': 'fail' }],
    [{ runs: [{ ...there.runs[0]!, taskAttempt: 5 }] }, { 'workflow odoo-pull': 'fail' }],
  ] as const)('with %j is %j', (over, levels) => {
    expect(lines(over)).toMatchObject(levels);
  });
});

describe('a subscription', () => {
  const well: SubscriptionFacts = {
    name: 'crm',
    status: 'active',
    statusReason: null,
    circuit: 'closed',
    failures: 0,
    failingForMs: 0,
    addressProblem: null,
    secretReadable: true,
  };

  test.each([
    [{}, 'ok', /nothing fails/],
    [{ status: 'disabled', statusReason: 'it answered 410' }, 'fail', /410.*jisr subscriptions resume crm/],
    [{ status: 'paused' }, 'warn', /its events wait/],
    [{ circuit: 'open', failures: 12, failingForMs: 65_000 }, 'fail', /open: 12 failures in a row for 1 min/],
    [{ circuit: 'probing', failures: 12 }, 'fail', /probing/],
    [{ failures: 2 }, 'warn', /2 failures/],
    [{ addressProblem: '10.0.0.1 is not public' }, 'fail', /not public/],
    [{ secretReadable: false }, 'fail', /JISR_SECRET_KEY/],
  ] as const)('with %j is %s', (over, level, words) => {
    const found = subscriptionFinding({ ...well, ...over });
    expect(found.level).toBe(level);
    expect(`${found.detail} ${found.hint ?? ''}`).toMatch(words);
  });
});
