// Why a source is not complete, one sentence each, with what to do.
// Never leaves something out because something else is worse.
import type { Gap, Pulling, Reconciled } from './books';

/** Why a source is not complete; docs/runbook.md says what to press. */
export const FINDING_CODES = [
  'lost', // the pull has passed these ids, and the store does not have them
  'unknown', // the pull does not answer
  'never-pulled', // nothing was pulled yet
  'paused', // by a person
  'failing', // Odoo cannot be pulled
  'holding', // the inbox is full
  'late', // no page came for long
  'waiting', // events without an end
  'dead-letters', // events that need a person
  'quarantine', // open entries, which need a person
  'gap', // ids that may still be committed
  'too-fast', // ids came quicker than they can be looked through
  'sums', // the counters do not add up
] as const;
export type FindingCode = (typeof FINDING_CODES)[number];

export interface Finding {
  readonly code: FindingCode;
  readonly message: string;
}

/** Named one by one; of more their number is said. */
const GAPS_NAMED = 3;

/** What stands open besides. */
export interface OpenGaps {
  readonly lost: readonly Gap[];
  readonly young: readonly Gap[];
  /** Below it, ids came too quickly to be looked through; null when all were. */
  readonly blindBelow: number | null;
}

/** The worst first. */
export function findingsOf(source: Reconciled, { lost, young, blindBelow }: OpenGaps): readonly Finding[] {
  return [
    ...named(lost, (ids) => finding('lost', `${ids} passed by the pull and cannot be found in the store`)),
    ...(source.pull === null ? [] : pullFindings(source.pull)),
    ...counted('waiting', source.waiting, 'event waits or is under way', 'events wait or are under way'),
    ...counted(
      'dead-letters',
      source.deadLetters,
      'event is a dead letter: retry or discard it',
      'events are dead letters: retry or discard them',
    ),
    ...counted(
      'quarantine',
      source.quarantined,
      'copy is in quarantine: retry or discard it',
      'copies are in quarantine: retry or discard them',
    ),
    ...named(young, (ids) => finding('gap', `${ids} not shown by Odoo yet: a sweep looks for late commits`)),
    ...(blindBelow === null
      ? []
      : [
          finding(
            'too-fast',
            `ids below ${blindBelow} came too quickly to be looked through: ask again after the next sweep`,
          ),
        ]),
    ...sumFindings(source),
  ];
}

function pullFindings(pull: Pulling): readonly Finding[] {
  const why = pull.why === null ? '' : ` (${pull.why})`;
  switch (pull.state) {
    case 'unknown':
      return [
        finding('unknown', 'whether pulling goes on is not known: see that Temporal and a worker are up'),
      ];
    case 'paused':
      return [finding('paused', `the source is paused${why}: resume it`)];
    case 'failing':
      return [finding('failing', `Odoo cannot be pulled${why}: the runbook says what to press`)];
    case 'holding':
      return [finding('holding', 'the inbox is full, Odoo keeps the rest: see that it drains')];
    case 'idle':
    case 'pulling':
      if (pull.pulledAgoMs === null) return [finding('never-pulled', 'nothing was pulled yet')];
      if (pull.pulledAgoMs <= pull.lateAfterMs) return [];
      return [
        finding('late', `no page came for ${Math.round(pull.pulledAgoMs / 1000)} s: see that a worker is up`),
      ];
  }
}

function sumFindings(source: Reconciled): readonly Finding[] {
  const came = source.pulled + source.pushed;
  const became = source.accepted + source.duplicates + source.quarantinedCopies;
  const stand = source.waiting + source.deadLetters + source.ended;
  return [
    ...(came === became
      ? []
      : [finding('sums', `${came} copies came and ${became} are accounted for: look into the log`)]),
    ...(source.accepted === stand
      ? []
      : [
          finding(
            'sums',
            `${source.accepted} events were accepted and ${stand} have a state: look into the log`,
          ),
        ]),
  ];
}

function counted(code: FindingCode, count: number, one: string, many: string): readonly Finding[] {
  return count === 0 ? [] : [finding(code, `${count} ${count === 1 ? one : many}`)];
}

/** One for all of them, which names the lowest. */
function named(gaps: readonly Gap[], say: (ids: string) => Finding): readonly Finding[] {
  if (gaps.length === 0) return [];
  const ids = gaps.slice(0, GAPS_NAMED).map(({ from, to }) => (from === to ? `${from}` : `${from} to ${to}`));
  const rest = gaps.length > GAPS_NAMED ? ` and ${gaps.length - GAPS_NAMED} more gaps` : '';
  const isOne = gaps.length === 1 && gaps[0]?.from === gaps[0]?.to;
  return [say(isOne ? `id ${ids.join('')} was` : `ids ${ids.join(', ')}${rest} were`)];
}

function finding(code: FindingCode, message: string): Finding {
  return { code, message };
}
