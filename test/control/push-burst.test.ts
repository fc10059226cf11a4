import { createPushBurst } from '../../src/control/push-burst';

/** A clock that stands until it is told the time. */
function burstAt(startMs: number) {
  const clock = { nowMs: startMs };
  const burst = createPushBurst(() => clock.nowMs);
  return { clock, burst };
}

describe('a burst of pushes', () => {
  test('is not on while few push at once, however many follow each other', () => {
    const { clock, burst } = burstAt(0);
    for (clock.nowMs = 0; clock.nowMs < 1_000; clock.nowMs += 1) {
      const leave = [burst.enter(), burst.enter(), burst.enter()];
      for (const one of leave) one();
    }
    expect(burst.isOn()).toBe(false);
    expect(burst.answersFirst()).toBe(false);
  });

  test('is not on while many push for a moment', () => {
    const { clock, burst } = burstAt(5_000);
    const leave = Array.from({ length: 20 }, () => burst.enter());
    expect(burst.isOn()).toBe(false);
    clock.nowMs = 5_049;
    for (const one of leave) one();
    expect(burst.isOn()).toBe(false);
    clock.nowMs = 5_150;
    for (let n = 0; n < 20; n += 1) burst.enter();
    expect([burst.isOn(), burst.answersFirst()]).toEqual([false, false]);
  });

  test('is on when four push at once for longer, and a tenth of a second more', () => {
    const { clock, burst } = burstAt(5_000);
    const leave = [1, 2, 3, 4].map(() => burst.enter());
    clock.nowMs = 5_050;
    for (const one of leave) one();
    expect([burst.isOn(), burst.answersFirst()]).toEqual([true, true]);
    clock.nowMs = 5_150;
    expect(burst.isOn()).toBe(true);
    clock.nowMs = 5_151;
    expect([burst.isOn(), burst.answersFirst()]).toEqual([false, false]);
  });

  test('that lasts lets the dispatcher work again after two seconds, for one, and so on', () => {
    const { clock, burst } = burstAt(0);
    for (let n = 0; n < 3; n += 1) burst.enter();
    const rests: number[] = [];
    for (clock.nowMs = 0; clock.nowMs < 9_000; clock.nowMs += 50) {
      const leave = burst.enter();
      expect(burst.isOn()).toBe(clock.nowMs >= 50);
      if (burst.answersFirst()) rests.push(clock.nowMs);
      leave();
    }
    const isRest = (ms: number) => ms % 3_000 < 2_000;
    expect(rests.every(isRest)).toBe(true);
    expect(rests).toHaveLength(119);
  });

  test('that begins after another has its own two seconds', () => {
    const { clock, burst } = burstAt(0);
    for (const leave of [1, 2, 3, 4].map(() => burst.enter())) leave();
    clock.nowMs = 2_500;
    for (let n = 0; n < 4; n += 1) burst.enter();
    clock.nowMs = 2_600;
    burst.enter();
    expect(burst.answersFirst()).toBe(true);
  });
});
