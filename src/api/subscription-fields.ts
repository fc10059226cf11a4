// What a subscription is made of when it is sent, and how it is shown. Never shows a secret.
import { z } from 'zod';
import type { AddressGuard } from '../channels/webhook/address-guard';
import { targetProblem } from '../channels/webhook/target-url';
import { OPERATIONS, PRIORITIES } from '../domain/event';
import {
  FIELD_NAME,
  hasDoubles,
  MODEL_PATTERN,
  MOST_IN_A_LIST,
  RATE_BOUNDS,
  SUBSCRIPTION_NAME,
  type TextRule,
} from '../domain/subscription-rules';
import { oneOf, whole } from './fields';

const like = ({ pattern, expected }: TextRule) => z.string(expected).regex(pattern, expected);
const someOf = <T extends z.ZodType<string>>(item: T) =>
  z
    .array(item, 'a list')
    .min(1, 'at least one, or leave it out')
    .max(MOST_IN_A_LIST, `at most ${MOST_IN_A_LIST}`)
    .refine((list) => !hasDoubles(list), 'each of them once')
    .optional();
const flag = z.boolean('true or false').optional();

export interface KnownPlaces {
  /** The names of the sources. */
  readonly sources: readonly string[];
  readonly refuses: AddressGuard;
}

export function subscriptionFields({ sources, refuses }: KnownPlaces) {
  const known = `one of the sources: ${sources.join(', ')}`;
  return {
    name: like(SUBSCRIPTION_NAME),
    filter: z.strictObject(
      {
        sources: someOf(z.string(known).refine((name) => sources.includes(name), known)),
        models: someOf(like(MODEL_PATTERN)),
        operations: someOf(oneOf(OPERATIONS)),
        priorities: someOf(oneOf(PRIORITIES)),
        fields: someOf(like(FIELD_NAME)),
      },
      'an object with sources, models, operations, priorities, fields; {} for all events',
    ),
    url: z.string('an http:// or https:// address').superRefine((url, context) => {
      const problem = targetProblem(url, refuses);
      if (problem !== null) context.addIssue({ code: 'custom', message: problem, input: url });
    }),
    ordered: flag,
    coalesce: flag,
    rate_per_second: whole('null for no limit, or a whole number', RATE_BOUNDS).nullish(),
  };
}

export interface SentWays {
  readonly ordered?: boolean | undefined;
  readonly coalesce?: boolean | undefined;
  readonly rate_per_second?: number | null | undefined;
}

/** Leaves out what was not sent. */
export function toWays({ ordered, coalesce, rate_per_second: ratePerSecond }: SentWays) {
  return {
    ...(ordered === undefined ? {} : { ordered }),
    ...(coalesce === undefined ? {} : { coalesce }),
    ...(ratePerSecond === undefined ? {} : { ratePerSecond }),
  };
}
