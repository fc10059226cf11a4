// The order of priorities, and its number: 1 (high), 3 (medium), 5 (low), as in Temporal's priority key.
import type { Priority } from './event';

const RANK: Readonly<Record<Priority, number>> = { high: 1, medium: 3, low: 5 };

/** 1, 3 or 5: lower goes first. */
export function rankOf(priority: Priority): number {
  return RANK[priority];
}

/** Throws when the number is none that `rankOf` gives. */
export function priorityOf(rank: number): Priority {
  if (rank === RANK.high) return 'high';
  if (rank === RANK.medium) return 'medium';
  if (rank === RANK.low) return 'low';
  throw new Error(`unknown priority rank ${rank}`);
}

/** The higher of what the copies of one event name; a copy that names none changes nothing. */
export function higherPriority(known: Priority, named: Priority | null): Priority {
  return named !== null && RANK[named] < RANK[known] ? named : known;
}
