// What an operator reads in the Web UI about a bulk act: who, why, how far, and what to press.
import type { ReplayProgress } from '../contracts/activities';
import type { BulkAct } from '../domain/replay';

const TITLES: Readonly<Record<BulkAct, string>> = {
  replay: 'Replay',
  retry: 'Retry of dead letters',
  discard: 'Discarding of dead letters',
};

export function replayDetails(progress: ReplayProgress): string {
  const { act, state, stateReason, waitsFor, planned, done, skipped, skips, actor, reason } = progress;
  const skippedWhy = Object.entries(skips).map(([why, events]) => `${why} ${events}`);
  return [
    `### ${TITLES[act]}: ${state}`,
    `**${done}** of ${planned} events handed on, ${skipped} skipped${skipped === 0 ? '' : ` (${skippedWhy.join(', ')})`}`,
    '',
    ...(stateReason === null ? [] : [`- ${state}: ${stateReason}`]),
    ...(waitsFor === null ? [] : [`- waits for: ${waitsFor}`]),
    `- by: ${actor ?? 'nobody named'}`,
    `- why: ${reason}`,
    '',
    ...NEXT[state],
    // The Web UI makes its frame too low by the outer margins and cuts off the end: let that be an empty line.
    NO_BREAK_SPACE,
  ].join('\n');
}

const NEXT: Readonly<Record<ReplayProgress['state'], readonly string[]>> = {
  running: ['**To hold it:** *Send a Signal* → `pause`. **To end it:** `abort`.', ''],
  paused: ['**To go on:** *Send a Signal* → `resume`. **To end it:** `abort`.', ''],
  done: [],
  aborted: ['What was handed on stays so. A new one with the same filter takes the rest.', ''],
};

const NO_BREAK_SPACE = '\u00a0';
