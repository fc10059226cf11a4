// What a bulk act does with one event, and how many it may hand on, as tables.
import type { EventState } from '../../src/domain/event-state';
import { filled, paceOf, placesForReplays } from '../../src/domain/replay-pace';
import { mayBecome, verdictOn, type BulkPlan, type PlannedDelivery } from '../../src/domain/replay';

const CRM_DEAD = { id: 'c', subscriptionId: 'crm', state: 'dead', errorClass: 'rejected' } as const;
const ERP_DEAD = { id: 'e', subscriptionId: 'erp', state: 'dead', errorClass: 'timeout' } as const;
const ERP_SENT = { id: 'e', subscriptionId: 'erp', state: 'sent', errorClass: null } as const;
const ERP_WAITS = { id: 'e', subscriptionId: 'erp', state: 'waiting', errorClass: 'timeout' } as const;

const REPLAY_ALL: BulkPlan = { act: 'replay', scope: 'all', subscriptionId: null, errorClass: null };
const FAILED: BulkPlan = { ...REPLAY_ALL, scope: 'failed' };
const DISCARD: BulkPlan = { ...FAILED, act: 'discard' };

const verdict = (
  plan: BulkPlan,
  status: EventState,
  deliveries: readonly PlannedDelivery[],
  payloadDropped = false,
) => {
  const made = verdictOn(plan, { status, deliveries, payloadDropped });
  if (made.kind === 'skip') return made.why;
  const ids = made.deliveries.map(({ id }) => id).join();
  return made.kind === 'open' ? `open ${ids}` : `discard ${ids}${made.whole ? ' whole' : ''}`;
};

test.each([
  ['a processed event opens all of it', REPLAY_ALL, 'processed', [ERP_SENT], 'open e'],
  ['a discarded one too', REPLAY_ALL, 'discarded', [CRM_DEAD, ERP_SENT], 'open c,e'],
  [
    'one subscription opens its own',
    { ...REPLAY_ALL, subscriptionId: 'erp' },
    'processed',
    [CRM_DEAD, ERP_SENT],
    'open e',
  ],
  ['nobody wants it', REPLAY_ALL, 'processed', [], 'nobody-wants-it'],
  ['a run has it', REPLAY_ALL, 'delivering', [ERP_SENT], 'changed'],
  ['it waits already', REPLAY_ALL, 'pending', [ERP_SENT], 'changed'],
  ['only what failed opens what is dead', FAILED, 'dead_letter', [CRM_DEAD, ERP_SENT], 'open c'],
  ['only what failed leaves what is done', FAILED, 'processed', [ERP_SENT], 'changed'],
  [
    'a class opens what died of it',
    { ...FAILED, errorClass: 'timeout' },
    'dead_letter',
    [CRM_DEAD, ERP_DEAD],
    'open e',
  ],
  ['a class that is gone meanwhile', { ...FAILED, errorClass: 'gone' }, 'dead_letter', [CRM_DEAD], 'changed'],
  ['a run that ended before any delivery', FAILED, 'dead_letter', [], 'open '],
  ['the same, by its class', { ...FAILED, errorClass: 'run-ended' }, 'dead_letter', [], 'open '],
  ['the same, for one subscription', { ...FAILED, subscriptionId: 'crm' }, 'dead_letter', [], 'changed'],
  ['discarding ends what waits, too', DISCARD, 'dead_letter', [CRM_DEAD, ERP_WAITS], 'discard c,e whole'],
  [
    'discarding a class leaves the other dead one',
    { ...DISCARD, errorClass: 'rejected' },
    'dead_letter',
    [CRM_DEAD, ERP_DEAD],
    'discard c',
  ],
  ['discarding what was dealt with', DISCARD, 'processed', [ERP_SENT], 'changed'],
] as const)('%s', (_, plan, status, deliveries, expected) => {
  expect(verdict(plan, status, deliveries)).toBe(expected);
});

test('without its payload an event is not delivered, but it may be discarded', () => {
  expect(verdict(REPLAY_ALL, 'processed', [ERP_SENT], true)).toBe('payload-dropped');
  expect(verdict(FAILED, 'dead_letter', [CRM_DEAD], true)).toBe('payload-dropped');
  expect(verdict(DISCARD, 'dead_letter', [CRM_DEAD], true)).toBe('discard c whole');
});

test.each([
  ['running', 'paused', true],
  ['paused', 'running', true],
  ['paused', 'aborted', true],
  ['done', 'running', false],
  ['aborted', 'running', false],
  ['done', 'done', true],
] as const)('from %s to %s: %s', (from, to, allowed) => {
  expect(mayBecome(from, to)).toBe(allowed);
});

describe('pace', () => {
  const quiet = { isPaused: false, maxInFlight: 100, livePending: 0, replayedUnderWay: 0 };

  test.each([
    ['a quarter of the places', quiet, { kind: 'go', events: 25 }],
    ['less what is under way', { ...quiet, replayedUnderWay: 20 }, { kind: 'go', events: 5 }],
    ['none while all of it is under way', { ...quiet, replayedUnderWay: 60 }, { kind: 'go', events: 0 }],
    ['live events that find a place', { ...quiet, livePending: 100 }, { kind: 'go', events: 25 }],
    ['more of them than places', { ...quiet, livePending: 101 }, { kind: 'wait', why: 'live-traffic' }],
    ['processing is paused', { ...quiet, isPaused: true }, { kind: 'wait', why: 'processing-paused' }],
  ] as const)('%s', (_, traffic, expected) => {
    expect(paceOf(traffic)).toEqual(expected);
  });

  test('a bridge with one place still replays, one at a time', () => {
    expect(placesForReplays(1)).toBe(1);
  });

  test('a rate fills by time, keeps a second of it at most, and a slow one still comes to one', () => {
    const empty = { events: 0, atMs: 1_000 };
    expect(filled(empty, 1_100, 20).events).toBe(2);
    expect(filled(empty, 61_000, 20).events).toBe(20);
    expect(filled(filled(empty, 1_500, 1), 2_000, 1).events).toBe(1);
    expect(filled(empty, 500, 20).events).toBe(0);
  });
});
