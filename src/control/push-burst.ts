// Whether many push at once. Odoo's users wait for the answers, so these come first then: nothing is started at the
// door, and the dispatcher of the same process rests, but never for longer than two seconds.
import { createRecentCount } from './recent-count';

export interface PushBurst {
  /** A push is being answered; call what this answers when it is done. */
  readonly enter: () => () => void;
  readonly isOn: () => boolean;
  /** The dispatcher rests. */
  readonly answersFirst: () => boolean;
}

/** Pushes being answered at one time, */
const MANY = 4;
/** and so many that came in this time and the one before. Fewer go well as they come, however slow the answers are. */
const QUICKLY = 25;
const SLOT_MS = 250;
/** So many for a moment are no burst: they are answered before their runs are in the way. */
const BEGINS_AFTER_MS = 50;
/** It is over when there were not so many for this long. */
const OVER_AFTER_MS = 100;
/** What came meanwhile goes better as a whole: so long answers come first, */
const REST_MS = 2_000;
/** and so long both share the cores, in turns while a burst lasts. */
const SHARED_MS = 1_000;

export function createPushBurst(nowMs: () => number): PushBurst {
  let underWay = 0;
  let beganMs = 0;
  let lastMs = -Infinity;
  const came = createRecentCount(SLOT_MS, nowMs);

  function areMany(): boolean {
    return underWay >= MANY && came.now() + came.before() >= QUICKLY;
  }

  function noteMany(): void {
    const now = nowMs();
    if (now - lastMs > OVER_AFTER_MS) beganMs = now;
    lastMs = now;
  }

  const isOn = () => lastMs - beganMs >= BEGINS_AFTER_MS && nowMs() - lastMs <= OVER_AFTER_MS;

  return {
    enter: () => {
      underWay += 1;
      came.add();
      if (areMany()) noteMany();
      return () => {
        if (areMany()) noteMany();
        underWay -= 1;
      };
    },
    isOn,
    answersFirst: () => isOn() && (nowMs() - beganMs) % (REST_MS + SHARED_MS) < REST_MS,
  };
}
