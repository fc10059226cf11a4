// Attempts per second, by a clock of the test's own.
import { createRates } from '../../src/activities/rates';

function rates() {
  let nowMs = 1_000_000;
  const counted = createRates(() => nowMs);
  return {
    take: (patienceMs = 0, id = 'crm', perSecond = 10) => counted.take(id, perSecond, patienceMs),
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

test('above the rate one is sent away until the next place', () => {
  const { take, pass } = rates();
  expect(take()).toEqual({ kind: 'taken', inMs: 0 });
  expect(take()).toEqual({ kind: 'later', inMs: 100 });
  pass(100);
  expect(take()).toEqual({ kind: 'taken', inMs: 0 });
});

test('those who are sent away are told places one behind the other', () => {
  const { take } = rates();
  take();
  expect([take(), take(), take()].map(({ inMs }) => inMs)).toEqual([100, 200, 300]);
});

test('no place is further off than half a minute', () => {
  const { take } = rates();
  for (let n = 0; n < 500; n += 1) take();
  expect(take().inMs).toBe(30_000);
});

test('who has patience gets a place ahead, and others come behind it', () => {
  const { take } = rates();
  take();
  expect(take(1_000)).toEqual({ kind: 'taken', inMs: 100 });
  expect(take(1_000)).toEqual({ kind: 'taken', inMs: 200 });
  expect(take()).toEqual({ kind: 'later', inMs: 300 });
});

test('after a rest no more go at once than a tenth of a second holds', () => {
  const { take, pass } = rates();
  pass(60_000);
  const at100 = () => take(0, 'fast', 100).kind;
  const kinds = Array.from({ length: 20 }, at100);
  expect(kinds.filter((kind) => kind === 'taken')).toHaveLength(10);
});

test('a second holds what it may, whoever asks how often', () => {
  const { take, pass } = rates();
  let taken = 0;
  for (let ms = 0; ms < 10_000; ms += 7) {
    if (take().kind === 'taken') taken += 1;
    pass(7);
  }
  expect(taken).toBeGreaterThanOrEqual(94);
  expect(taken).toBeLessThanOrEqual(101);
});

test('each subscription has its own count', () => {
  const { take } = rates();
  take();
  expect(take(0, 'erp')).toEqual({ kind: 'taken', inMs: 0 });
});
