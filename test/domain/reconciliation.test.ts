// What the books of a source say together: complete, or each thing that is missing, and up to where it is complete.
import type { Pulling, Reconciled } from '../../src/domain/books';
import { judge } from '../../src/domain/reconciliation';
import { FINDING_CODES } from '../../src/domain/reconciliation-findings';

const MINUTE = 60_000;

const pulling = (over: Partial<Pulling> = {}): Pulling => ({
  state: 'idle',
  cursor: 4711,
  sweepIntervalMs: 5 * MINUTE,
  sweptAgoMs: MINUTE,
  pulledAgoMs: 1_000,
  lateAfterMs: 90_000,
  why: null,
  ...over,
});

/** 100 pulled and 60 pushed, 90 events of them, all processed but one discarded. */
const books = (over: Partial<Reconciled> = {}): Reconciled => ({
  pull: pulling(),
  pulled: 100,
  pushed: 60,
  accepted: 90,
  duplicates: 68,
  quarantinedCopies: 2,
  waiting: 0,
  deadLetters: 0,
  ended: 90,
  quarantined: 0,
  lowestOpenId: null,
  gaps: [],
  horizon: null,
  ...over,
});

/** Seen to be missing long before the last sweep. */
const hole = (from: number, to = from) => ({ from, to, ageMs: 60 * MINUTE });
/** Seen since the last sweep. */
const fresh = (from: number, to = from) => ({ from, to, ageMs: 10_000 });
const lost = (from: number, to = from) => ({ from, to, ageMs: null });

test.each<[what: string, Partial<Reconciled>, upTo: number | null, text: string]>([
  ['all came to its end', {}, 4711, 'complete up to 4711'],
  ['it is being pulled', { pull: pulling({ state: 'pulling' }) }, 4711, 'complete up to 4711'],
  ['holes that two sweeps did not fill', { gaps: [hole(7), hole(20, 29)] }, 4711, 'complete up to 4711'],
  ['ids below the horizon are known for long', { horizon: hole(4000) }, 4711, 'complete up to 4711'],
  ['nothing is in Odoo', { pull: pulling({ cursor: 0 }) }, 0, 'complete up to 0'],
  ['it only pushes', { pull: null }, null, 'complete: 90 events'],
])('complete: %s', (_, over, completeUpTo, text) => {
  expect(judge(books(over))).toEqual({ complete: true, completeUpTo, findings: [], text });
});

type Found = readonly [code: string, message: string];

const INCOMPLETE: readonly [what: string, Partial<Reconciled>, upTo: number | null, Found][] = [
  [
    'an event waits',
    { waiting: 1, ended: 89, lowestOpenId: 4000 },
    3999,
    ['waiting', '1 event waits or is under way'],
  ],
  [
    'many events wait, too many to look for the lowest',
    { waiting: 80, ended: 10, lowestOpenId: 'many' },
    null,
    ['waiting', '80 events wait or are under way'],
  ],
  [
    'an event that came by push alone waits',
    { waiting: 1, ended: 89 },
    4711,
    ['waiting', '1 event waits or is under way'],
  ],
  [
    'a dead letter',
    { deadLetters: 1, ended: 89, lowestOpenId: 4710 },
    4709,
    ['dead-letters', '1 event is a dead letter: retry or discard it'],
  ],
  [
    'quarantine',
    { quarantined: 2, lowestOpenId: 12 },
    11,
    ['quarantine', '2 copies are in quarantine: retry or discard them'],
  ],
  [
    'a gap that a late commit may fill',
    { gaps: [hole(3), fresh(4700)] },
    4699,
    ['gap', 'id 4700 was not shown by Odoo yet: a sweep looks for late commits'],
  ],
  [
    'a gap of several ids, another before it that is open',
    { gaps: [fresh(4700, 4702)], lowestOpenId: 17, quarantined: 0 },
    16,
    ['gap', 'ids 4700 to 4702 were not shown by Odoo yet: a sweep looks for late commits'],
  ],
  [
    'more gaps than can be named',
    { gaps: [fresh(1), fresh(3), fresh(5, 6), fresh(8), fresh(10)] },
    0,
    ['gap', 'ids 1, 3, 5 to 6 and 2 more gaps were not shown by Odoo yet: a sweep looks for late commits'],
  ],
  [
    'a gap seen long ago, and no sweep since a pause',
    { gaps: [hole(4700)], pull: pulling({ sweptAgoMs: 58 * MINUTE }) },
    4699,
    ['gap', 'id 4700 was not shown by Odoo yet: a sweep looks for late commits'],
  ],
  [
    'a gap seen long ago, and no sweep ever',
    { gaps: [hole(4700)], pull: pulling({ sweptAgoMs: null }) },
    4699,
    ['gap', 'id 4700 was not shown by Odoo yet: a sweep looks for late commits'],
  ],
  [
    'ids that the pull has passed and the store does not have',
    { gaps: [lost(4001, 4711)] },
    4000,
    ['lost', 'ids 4001 to 4711 were passed by the pull and cannot be found in the store'],
  ],
  [
    'more came since the last sweeps than can be looked through',
    { horizon: fresh(4000) },
    null,
    ['too-fast', 'ids below 4000 came too quickly to be looked through: ask again after the next sweep'],
  ],
  [
    'paused',
    { pull: pulling({ state: 'paused', why: 'migration' }) },
    4711,
    ['paused', 'the source is paused (migration): resume it'],
  ],
  [
    'Odoo fails',
    { pull: pulling({ state: 'failing', why: 'odoo-timeout' }) },
    4711,
    ['failing', 'Odoo cannot be pulled (odoo-timeout): the runbook says what to press'],
  ],
  [
    'the inbox is full',
    { pull: pulling({ state: 'holding' }) },
    4711,
    ['holding', 'the inbox is full, Odoo keeps the rest: see that it drains'],
  ],
  [
    'Temporal is away',
    { pull: pulling({ state: 'unknown', cursor: null, sweptAgoMs: null, pulledAgoMs: null }) },
    null,
    ['unknown', 'whether pulling goes on is not known: see that Temporal and a worker are up'],
  ],
  [
    'nothing was pulled yet',
    { pull: pulling({ cursor: 0, pulledAgoMs: null }) },
    0,
    ['never-pulled', 'nothing was pulled yet'],
  ],
  [
    'no page for long',
    { pull: pulling({ pulledAgoMs: 91_000 }) },
    4711,
    ['late', 'no page came for 91 s: see that a worker is up'],
  ],
  [
    'a copy that nobody can account for',
    { pulled: 101 },
    4711,
    ['sums', '161 copies came and 160 are accounted for: look into the log'],
  ],
  [
    'an event without a state',
    { ended: 89 },
    4711,
    ['sums', '90 events were accepted and 89 have a state: look into the log'],
  ],
];

test.each(INCOMPLETE)('incomplete: %s', (_, over, completeUpTo, [code, message]) => {
  expect(judge(books(over))).toEqual({
    complete: false,
    completeUpTo,
    findings: [{ code, message }],
    text: `incomplete: ${message}`,
  });
});

test('each code is found by one of these', () => {
  const found = new Set(INCOMPLETE.map(([, , , [code]]) => code));
  expect([...found].sort()).toEqual([...FINDING_CODES].sort());
});

test('all that is missing is said, the worst first', () => {
  const all = books({
    pull: pulling({ state: 'paused' }),
    gaps: [lost(4711)],
    waiting: 1,
    deadLetters: 2,
    ended: 87,
    quarantined: 3,
    lowestOpenId: 5,
  });
  expect(judge(all).findings.map(({ code }) => code)).toEqual([
    'lost',
    'paused',
    'waiting',
    'dead-letters',
    'quarantine',
  ]);
  expect(judge(all).completeUpTo).toBe(4);
});
