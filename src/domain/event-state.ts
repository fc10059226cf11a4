// The states of an event and the only moves between them. The store refuses every other move.
// Decides nothing about who asks or when.

export const EVENT_STATES = [
  'pending',
  'processing',
  'delivering',
  'processed',
  'dead_letter',
  'discarded',
] as const;
export type EventState = (typeof EVENT_STATES)[number];

/** From a state to the states that may follow it. docs/architecture.md names who makes each move. */
const MOVES: Readonly<Record<EventState, readonly EventState[]>> = {
  pending: ['processing'],
  processing: ['processed', 'delivering', 'dead_letter', 'pending'],
  delivering: ['processed', 'dead_letter', 'pending'],
  processed: ['processing', 'pending'],
  dead_letter: ['processing', 'discarded', 'pending'],
  discarded: ['processing', 'pending'],
};

/** Whether the move is allowed. To stay is always allowed: an activity may run twice. */
export function mayMove(from: EventState, to: EventState): boolean {
  return from === to || MOVES[from].includes(to);
}

/** The last one on the way of an event that nobody sends back; null of none. */
export function furthest(states: readonly EventState[]): EventState | null {
  return EVENT_STATES.filter((state) => states.includes(state)).at(-1) ?? null;
}

/** A run has it. */
export function isInHand(status: EventState): boolean {
  return status === 'processing' || status === 'delivering';
}

/** Nothing more becomes of it by itself. */
export function isClosed(status: EventState): boolean {
  return status === 'processed' || status === 'discarded' || status === 'dead_letter';
}
