import { createPushBurst } from '../../src/control/push-burst';

/** A clock that stands until it is told the time, and pushes that go on for so long, so many at one time. */
function burstAt(startMs: number) {
  const clock = { nowMs: startMs };
  const burst = createPushBurst(() => clock.nowMs);
  /** One every `everyMs`, each answered when `atOnce` others have come. */
  const push = (untilMs: number, everyMs: number, atOnce: number, look: () => void = () => undefined) => {
    const leave: (() => void)[] = [];
    for (; clock.nowMs < untilMs; clock.nowMs += everyMs) {
      leave.push(burst.enter());
      look();
      if (leave.length >= atOnce) leave.shift()?.();
    }
    for (const one of leave) one();
  };
  return { clock, burst, push };
}

describe('a burst of pushes', () => {
  test('is not on while few push at once, however many follow each other', () => {
    const { burst, push } = burstAt(0);
    const seen: boolean[] = [];
    push(1_000, 1, 3, () => seen.push(burst.isOn(), burst.answersFirst()));
    expect(new Set(seen)).toEqual(new Set([false]));
  });

  test('is not on while many wait for slow answers, but few come', () => {
    const { burst, push } = burstAt(0);
    const seen: boolean[] = [];
    push(3_000, 25, 10, () => seen.push(burst.isOn()));
    expect(new Set(seen)).toEqual(new Set([false]));
  });

  test('is not on while many push for a moment', () => {
    const { clock, burst } = burstAt(5_000);
    const leave = Array.from({ length: 40 }, () => burst.enter());
    clock.nowMs = 5_049;
    for (const one of leave) one();
    expect([burst.isOn(), burst.answersFirst()]).toEqual([false, false]);
  });

  test('is on while many push for longer, and a tenth of a second more', () => {
    const { clock, burst, push } = burstAt(5_000);
    push(5_200, 4, 5);
    expect([burst.isOn(), burst.answersFirst()]).toEqual([true, true]);
    clock.nowMs += 100;
    expect(burst.isOn()).toBe(true);
    clock.nowMs += 1;
    expect([burst.isOn(), burst.answersFirst()]).toEqual([false, false]);
  });

  test('that lasts lets the dispatcher work again after two seconds, for one, and so on', () => {
    const { clock, burst, push } = burstAt(0);
    const [rests, works]: [number[], number[]] = [[], []];
    push(9_300, 5, 5, () => {
      if (clock.nowMs < 300) return;
      expect(burst.isOn()).toBe(true);
      (burst.answersFirst() ? rests : works).push(clock.nowMs);
    });
    // It began with the 25th.
    const isRest = (ms: number) => (ms - 120) % 3_000 < 2_000;
    expect(rests.every(isRest)).toBe(true);
    expect(works.some(isRest)).toBe(false);
    expect(rests.length).toBeGreaterThan(1_100);
  });

  test('that begins after another has its own two seconds', () => {
    const { clock, burst, push } = burstAt(0);
    push(2_500, 5, 5);
    expect(burst.answersFirst()).toBe(false);
    clock.nowMs = 3_000;
    push(3_400, 5, 5);
    expect(burst.answersFirst()).toBe(true);
  });
});
