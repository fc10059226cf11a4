// States as they look in a table: what is well, what needs a person, what is under way; and where a person looks then.
import type { Cell, Tone } from './table';

export const DEAD_LETTERS =
  'dead letters need a person: `jisr dead-letters list` says what failed, and what to do';
export const QUARANTINE =
  'what is in quarantine needs a person: `jisr quarantine list --status open` says why';

const TONES: Readonly<Record<string, Tone>> = {
  processed: 'good',
  sent: 'good',
  active: 'good',
  idle: 'good',
  running: 'good',
  done: 'good',
  ok: 'good',
  retried: 'good',
  closed: 'good',
  dead_letter: 'bad',
  dead: 'bad',
  disabled: 'bad',
  failing: 'bad',
  fail: 'bad',
  aborted: 'bad',
  unknown: 'bad',
  pending: 'busy',
  processing: 'busy',
  delivering: 'busy',
  waiting: 'busy',
  pulling: 'busy',
  holding: 'busy',
  paused: 'busy',
  warn: 'busy',
  probing: 'busy',
  discarded: 'faint',
  superseded: 'faint',
};

export function stateCell(state: string): Cell {
  // An open circuit lets nothing through; an open quarantine waits for a person.
  const tone = state === 'open' ? 'bad' : TONES[state];
  return tone === undefined ? state : { text: state, tone };
}
