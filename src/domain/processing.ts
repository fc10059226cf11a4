// Whether an event gets a workflow of its own or goes with others in one: a workflow has its price, and a backlog
// would pay it for every event.
import type { Priority } from './event';
import { matchesPattern } from './name-pattern';

export const PROCESSING_MODES = ['auto', 'individually', 'in_batches'] as const;
/** `auto`: individually, and in batches while there is a backlog. */
export type ProcessingMode = (typeof PROCESSING_MODES)[number];

/** All that is given must fit; null fits every event. */
export interface ProcessingRule {
  readonly source: string | null;
  /** With `*`. */
  readonly model: string;
  readonly priorities: readonly Priority[] | null;
  readonly mode: ProcessingMode;
}

export interface ProcessingPolicy {
  /** The first that fits counts. */
  readonly rules: readonly ProcessingRule[];
  /** Where none fits. */
  readonly otherwise: ProcessingMode;
}

/** How an event is processed once it is its turn. */
export type Processing = Exclude<ProcessingMode, 'auto'>;

export interface EventToRule {
  readonly source: string;
  readonly model: string;
  readonly priority: Priority;
}

export function processingMode(policy: ProcessingPolicy, event: EventToRule): ProcessingMode {
  const rule = policy.rules.find(
    ({ source, model, priorities }) =>
      (source === null || source === event.source) &&
      matchesPattern(model, event.model) &&
      (priorities === null || priorities.includes(event.priority)),
  );
  return rule?.mode ?? policy.otherwise;
}

export function processingOf(policy: ProcessingPolicy, event: EventToRule, isBacklog: boolean): Processing {
  return processingNow(processingMode(policy, event), isBacklog);
}

export function processingNow(mode: ProcessingMode, isBacklog: boolean): Processing {
  if (mode !== 'auto') return mode;
  return isBacklog ? 'in_batches' : 'individually';
}

/** A backlog begins above so many pending events, */
const BACKLOG_BEGINS = 1_000;
/** and lasts until few are left: else its end would go event by event. */
const BACKLOG_ENDS = 20;

export function isBacklog(pending: number, wasBacklog: boolean): boolean {
  return pending > (wasBacklog ? BACKLOG_ENDS : BACKLOG_BEGINS);
}
