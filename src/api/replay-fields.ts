// What the bodies of bulk acts hold. Never lets a filter pass that names nothing: a slip would act on everything.
import { z } from 'zod';
import type { ReplayFilter } from '../store/replays/filter';
import { oneOf, recordId, requiredReason, text, time, whole } from './fields';
import { eventFields } from './routes/events';

const MOST_KEYS = 500;
const keysExpected = `1 to ${MOST_KEYS} keys of events`;
const keys = z.array(text, keysExpected).min(1, keysExpected).max(MOST_KEYS, keysExpected).readonly();
const number = z.union([recordId, whole('a whole number', { least: 0, most: 1e15 })], 'a whole number');

const eventFilter = {
  ...eventFields,
  // In a body it may be a number, too.
  record_id: number.optional(),
  status: oneOf(['processed', 'discarded', 'dead_letter']).optional(),
  error_class: text.optional(),
  keys: keys.optional(),
};
const deadLetterFilter = {
  source: text.optional(),
  model: text.optional(),
  error_class: text.optional(),
  subscription: text.optional(),
  since: time.optional(),
  until: time.optional(),
  keys: keys.optional(),
};

/** Events a second, beside live traffic: a backlog is delivered, nothing is stormed. */
const DEFAULT_RATE = 20;

const common = {
  rate_per_second: whole('events a second', { least: 1, most: 1_000 }).default(DEFAULT_RATE),
  reason: requiredReason,
  dry_run: z.boolean('true or false').default(false),
};

export const replayBody = z.strictObject({
  filter: named(eventFilter),
  only: oneOf(['failed', 'all']),
  subscription: text.optional(),
  ...common,
});
export const deadLetterActBody = z.strictObject({ filter: named(deadLetterFilter), ...common });

/** As it is kept; without what was left out. */
export function filterOf(asked: Partial<z.output<typeof replayBody>['filter']>): ReplayFilter {
  const { record_id, push_id, pull_id, since, until, error_class, ...same } = asked;
  return {
    ...same,
    recordId: record_id,
    pushId: push_id,
    pullId: pull_id,
    sinceMs: since,
    untilMs: until,
    errorClass: error_class,
  };
}

function named<Shape extends z.ZodRawShape>(shape: Shape) {
  const names = Object.keys(shape).join(', ');
  const expected = `an object with at least one of ${names}: without any it would be all events`;
  return z
    .strictObject(shape, {
      error: (issue) => (issue.code === 'unrecognized_keys' ? `one of ${names}` : expected),
    })
    .refine((filter) => Object.values(filter).some((value) => value !== undefined), expected)
    .refine((filter) => !isEveryModel(filter), {
      path: ['model'],
      error: 'a model, such as res.partner or res.*, or something beside it: `*` alone would be all events',
    });
}

/** As empty as a filter that names nothing. */
function isEveryModel(filter: Readonly<Record<string, unknown>>): boolean {
  const given = Object.entries(filter).filter(([, value]) => value !== undefined);
  return (
    given.length > 0 &&
    given.every(([name, value]) => name === 'model' && typeof value === 'string' && /^\*+$/.test(value))
  );
}
