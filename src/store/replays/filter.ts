// Which events a bulk act is about: what was asked, as it is kept, and the conditions of a statement.
// `null` fits all, and so does what is left out; whoever takes a filter from outside refuses one that names nothing.
import { and, or, sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { RUN_ENDED } from '../../domain/delivery-failure';
import { OPERATIONS, PRIORITIES, CHANNELS } from '../../domain/event';
import { EVENT_STATES } from '../../domain/event-state';
import { isForDeadLetters, type BulkPlan } from '../../domain/replay';
import { anyText } from '../any-of';
import { conditions } from '../events/read';
import { events } from '../schema';

const replayFilter = z.object({
  source: z.string().optional(),
  /** With `*`. */
  model: z.string().optional(),
  recordId: z.number().optional(),
  operation: z.enum(OPERATIONS).optional(),
  priority: z.enum(PRIORITIES).optional(),
  status: z.enum(EVENT_STATES).optional(),
  channel: z.enum(CHANNELS).optional(),
  pushId: z.string().optional(),
  pullId: z.string().optional(),
  sinceMs: z.number().optional(),
  untilMs: z.number().optional(),
  q: z.string().optional(),
  /** Of a delivery that is dead. */
  errorClass: z.string().optional(),
  keys: z.array(z.string()).readonly().optional(),
});
export type ReplayFilter = Readonly<z.infer<typeof replayFilter>>;

/** Of the column, where it lies as it was given. */
export function readFilter(kept: unknown): ReplayFilter {
  return replayFilter.parse(kept);
}

/** What must hold for an event when its page comes, beside its place. */
export function fits(filter: ReplayFilter, plan: BulkPlan): SQL | undefined {
  const { model, keys, errorClass: _, ...same } = filter;
  return and(
    ...conditions({ ...same, models: model === undefined ? undefined : [model] }),
    keys === undefined ? undefined : sql`${events.key} = ${anyText(keys)}`,
    hasState(plan),
    hasDead(plan),
  );
}

/** As text of the statement: a parameter would not be seen to fit the index of what failed. */
function hasState(plan: BulkPlan): SQL {
  return isForDeadLetters(plan)
    ? sql`${events.status} = 'dead_letter'`
    : sql`${events.status} in ('processed', 'discarded', 'dead_letter')`;
}

/** Of a run that ended before it made any delivery there is none that could be dead. */
function hasDead(plan: BulkPlan): SQL | undefined {
  const { subscriptionId, errorClass } = plan;
  const isNarrow = errorClass !== null || (subscriptionId !== null && isForDeadLetters(plan));
  if (!isNarrow) return undefined;
  const dead = (extra: SQL) =>
    sql`exists (select from deliveries d where d.event_seq = ${events.seq} and d.state = 'dead' ${extra})`;
  const named = dead(
    sql.join([
      ...(subscriptionId === null ? [] : [sql` and d.subscription_id = ${subscriptionId}`]),
      ...(errorClass === null ? [] : [sql` and coalesce(d.error_class, ${RUN_ENDED}) = ${errorClass}`]),
    ]),
  );
  if (errorClass !== RUN_ENDED || subscriptionId !== null) return named;
  return or(named, sql`(${events.status} = 'dead_letter' and not ${dead(sql``)})`);
}
