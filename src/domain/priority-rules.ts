// How urgent an event is by our own rules: they raise or lower what Odoo says, the same on both channels.
import type { EventCopy, Operation, Priority } from './event';
import { matchesPattern } from './name-pattern';

/** All that is given must fit; null fits every event. */
export interface PriorityRule {
  readonly source: string | null;
  /** With `*`. */
  readonly model: string;
  readonly operations: readonly Operation[] | null;
  /** One of these has changed. Events that do not say what changed fit no such rule. */
  readonly fields: readonly string[] | null;
  readonly priority: Priority;
}

/** Of the first rule that fits; null when none does, and Odoo's word counts. */
export function ruledPriority(
  rules: readonly PriorityRule[],
  source: string,
  copy: Pick<EventCopy, 'model' | 'operation' | 'changedFields'>,
): Priority | null {
  const rule = rules.find(
    ({ source: only, model, operations, fields }) =>
      (only === null || only === source) &&
      matchesPattern(model, copy.model) &&
      (operations === null || operations.includes(copy.operation)) &&
      (fields === null || fields.some((field) => copy.changedFields?.includes(field) === true)),
  );
  return rule?.priority ?? null;
}
