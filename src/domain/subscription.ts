// Who wants which events. A filter names what must fit; what it leaves out fits everything.
import type { Operation, Priority } from './event';
import { matchesPattern } from './name-pattern';

/**
 * `paused`: it still gets its events, which wait. `disabled`: its destination asked for no more, or nobody could reach
 * it; a person makes it active again.
 */
export const SUBSCRIPTION_STATUSES = ['active', 'paused', 'disabled', 'deleted'] as const;
export type SubscriptionStatus = (typeof SUBSCRIPTION_STATUSES)[number];

export interface SubscriptionFilter {
  readonly sources?: readonly string[];
  /** With `*`: `sale.*`. */
  readonly models?: readonly string[];
  readonly operations?: readonly Operation[];
  readonly priorities?: readonly Priority[];
  /** One of these has changed. Creates and deletes have no changed fields and fit none. */
  readonly fields?: readonly string[];
}

/** Leaves out what is not given. */
export function subscriptionFilter(given: {
  readonly [Key in keyof SubscriptionFilter]?: SubscriptionFilter[Key] | null | undefined;
}): SubscriptionFilter {
  const sources = given.sources ?? null;
  const models = given.models ?? null;
  const operations = given.operations ?? null;
  const priorities = given.priorities ?? null;
  const fields = given.fields ?? null;
  return {
    ...(sources === null ? {} : { sources }),
    ...(models === null ? {} : { models }),
    ...(operations === null ? {} : { operations }),
    ...(priorities === null ? {} : { priorities }),
    ...(fields === null ? {} : { fields }),
  };
}

export interface EventToMatch {
  readonly source: string;
  readonly model: string;
  readonly operation: Operation;
  readonly priority: Priority;
  readonly changedFields: readonly string[] | null;
}

export function wants(filter: SubscriptionFilter, event: EventToMatch): boolean {
  const fits = <T>(wanted: readonly T[] | undefined, found: T) => wanted?.includes(found) ?? true;
  return (
    fits(filter.sources, event.source) &&
    (filter.models?.some((pattern) => matchesPattern(pattern, event.model)) ?? true) &&
    fits(filter.operations, event.operation) &&
    fits(filter.priorities, event.priority) &&
    (filter.fields?.some((field) => event.changedFields?.includes(field) === true) ?? true)
  );
}
