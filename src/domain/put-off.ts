// How long a delivery that is not tried now stays away. Times in ms; `random` is 0 to 1, so that a thousand that wait
// for one thing do not all come back in one moment.
import { assertNever } from './assert-never';
import type { Wait } from './before-attempt';

const SOON_MS = 500;
const LONGEST_TURN_MS = 30_000;
const LONGEST_HELD_MS = 5_000;
const TURN_JITTER = 0.2;
/** An attempt takes a moment: who comes when the one before it is due still finds it under way. */
const AFTER_BLOCKER_MS = 250;
const PAUSED_MS = 1_000;
const LONGEST_PAUSED_MS = 5 * 60_000;
const BUSY_MS = 500;
const LONGEST_BUSY_MS = 60_000;
const CIRCUIT_JITTER = 0.2;

/** @param asked how often it came for an attempt, from 1 on */
export function putOffMs(wait: Wait, asked: number, random: number): number {
  switch (wait.for) {
    case 'not-due':
      return wait.inMs;
    case 'paused':
      return pausedMs(asked, random);
    case 'not-its-turn':
      return turnMs(wait.inMs, asked, random);
    case 'circuit-open':
      return Math.ceil(wait.inMs * (1 + CIRCUIT_JITTER * random));
    default:
      return assertNever(wait);
  }
}

/** The longer one waits for a place, the longer is the queue. */
export function busyMs(asked: number, random: number): number {
  return Math.min(BUSY_MS * 2 ** Math.min(asked, 10), LONGEST_BUSY_MS) * (1 + random);
}

function pausedMs(asked: number, random: number): number {
  const waitMs = Math.min(PAUSED_MS * 2 ** Math.min(asked, 20), LONGEST_PAUSED_MS);
  return Math.round(waitMs * (0.8 + 0.2 * random));
}

/** Where the one before it is due already, something else holds that one: who has asked often asks less often. */
function turnMs(blockerDueInMs: number, asked: number, random: number): number {
  const heldMs = Math.min(SOON_MS * 2 ** Math.min(asked - 1, 10), LONGEST_HELD_MS);
  const waitMs = blockerDueInMs > 0 ? blockerDueInMs + AFTER_BLOCKER_MS : heldMs;
  return Math.round(Math.min(Math.max(waitMs, SOON_MS), LONGEST_TURN_MS) * (1 + random * TURN_JITTER));
}
