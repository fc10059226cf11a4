// What becomes of a delivery whose turn has come, and how long it stays away when that is nothing.
import { beforeAttempt, type DeliveryInTurn, type Wait } from '../../src/domain/before-attempt';
import { busyMs, putOffMs } from '../../src/domain/put-off';

const READY: DeliveryInTurn = {
  status: 'active',
  dueInMs: 0,
  isSuperseded: false,
  blockerDueInMs: null,
  circuitOpenForMs: null,
};
const waits = (wait: Wait) => ({ kind: 'wait', wait });
const ends = (as: string) => ({ kind: 'end', as });

test.each<[string, Partial<DeliveryInTurn>, object]>([
  ['what nothing stands before is sent', {}, { kind: 'send', probes: false }],
  ['one that was due long ago is sent', { dueInMs: -5_000 }, { kind: 'send', probes: false }],
  [
    'one of a deleted subscription is discarded',
    { status: 'deleted', isSuperseded: true },
    ends('discarded'),
  ],
  ['one of a disabled subscription dies, due or not', { status: 'disabled', dueInMs: 9 }, ends('disabled')],
  ['a superseded one is not sent', { isSuperseded: true }, ends('superseded')],
  [
    'a superseded one waits for no turn, time or pause',
    { isSuperseded: true, blockerDueInMs: 9, dueInMs: 9, status: 'paused' },
    ends('superseded'),
  ],
  ['one of a paused subscription waits for it', { status: 'paused' }, waits({ for: 'paused' })],
  ['one that is not due waits for its time', { dueInMs: 70 }, waits({ for: 'not-due', inMs: 70 })],
  [
    'one behind another waits, also when that one is due',
    { blockerDueInMs: -4 },
    waits({ for: 'not-its-turn', inMs: -4 }),
  ],
  ['an open circuit lets nothing through', { circuitOpenForMs: 3 }, waits({ for: 'circuit-open', inMs: 3 })],
  ['an open circuit whose time is over is probed', { circuitOpenForMs: 0 }, { kind: 'send', probes: true }],
  [
    'one behind another waits for the open circuit, as that one does',
    { blockerDueInMs: -5, circuitOpenForMs: 3 },
    waits({ for: 'circuit-open', inMs: 3 }),
  ],
  [
    'one behind another does not probe',
    { blockerDueInMs: 5, circuitOpenForMs: -1 },
    waits({ for: 'not-its-turn', inMs: 5 }),
  ],
])('%s', (_, over, expected) => {
  expect(beforeAttempt({ ...READY, ...over })).toEqual(expected);
});

test.each<[Wait, number, [number, number]]>([
  [{ for: 'not-due', inMs: 300 }, 1, [300, 300]],
  [{ for: 'paused' }, 1, [1_600, 2_000]],
  [{ for: 'paused' }, 3, [6_400, 8_000]],
  [{ for: 'paused' }, 500, [240_000, 300_000]],
  [{ for: 'not-its-turn', inMs: -900 }, 1, [500, 600]],
  [{ for: 'not-its-turn', inMs: 0 }, 2, [1_000, 1_200]],
  [{ for: 'not-its-turn', inMs: 0 }, 100, [5_000, 6_000]],
  [{ for: 'not-its-turn', inMs: 4_000 }, 1, [4_250, 5_100]],
  [{ for: 'not-its-turn', inMs: 9_000_000 }, 1, [30_000, 36_000]],
  [{ for: 'circuit-open', inMs: 5_000 }, 1, [5_000, 6_000]],
])('%j at the %d. time stays away for %j ms', (wait, asked, [least, most]) => {
  expect([putOffMs(wait, asked, 0), putOffMs(wait, asked, 1)]).toEqual([least, most]);
});

test('who finds no place stays away longer each time, a minute or two at most', () => {
  expect([busyMs(1, 0), busyMs(2, 0), busyMs(50, 0), busyMs(50, 1)]).toEqual([1_000, 2_000, 60_000, 120_000]);
});
