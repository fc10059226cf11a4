// `jisr subscriptions create` and `update`: the fields of a subscription as options.
import { Option, type Command } from 'commander';
import { OPERATIONS, PRIORITIES } from '../../domain/event';
import { RATE_BOUNDS } from '../../domain/subscription-rules';
import { perform } from '../act';
import type { JsonObject } from '../client';
import { WrongUsage, type CliIo } from '../io';
import { understood } from '../lists';
import { collected, wholeNumber, withDryRun, type ActOptions } from '../options';
import { subscriptionShape } from '../shapes';
import { findSubscription, pathOf, SUBSCRIPTIONS } from '../subscription-place';
import { showSubscription } from '../subscription-view';
import { atDesk, verb } from '../verb';

interface FieldOptions extends ActOptions {
  readonly name?: string;
  readonly url?: string;
  readonly sources?: readonly string[];
  readonly models?: readonly string[];
  readonly operations?: readonly string[];
  readonly priorities?: readonly string[];
  readonly fields?: readonly string[];
  readonly ordered?: boolean;
  readonly coalesce?: boolean;
  readonly rate?: number | typeof NONE;
}

const PARTS = ['sources', 'models', 'operations', 'priorities', 'fields'] as const;
const ANY = 'any';
const NONE = 'none';

export function createSubscription(io: CliIo): Command {
  return withFields(
    withDryRun(verb('create <name> <url>', 'subscribe a system; without a filter to every event')),
  )
    .option('--ordered', 'a record’s events one after another')
    .option('--coalesce', 'of a record’s waiting writes only the newest')
    .action(
      atDesk(io, async (desk, name: string, url: string, options: FieldOptions) => {
        const body = { name, url, filter: filterFrom({}, options), ...waysFrom(options) };
        const what = `create subscription ${name}`;
        const answer = await perform(desk, { what, method: 'POST', path: SUBSCRIPTIONS, body }, options);
        if (answer === null) return;
        if (desk.isJson) desk.json(answer);
        else showSubscription(desk, understood(subscriptionShape, answer));
      }),
    );
}

export function updateSubscription(io: CliIo): Command {
  return withFields(withDryRun(verb('update <name>', 'change it; also for what waits')))
    .option('--name <name>', 'call it so')
    .option('--url <url>', 'send it there, at once what waits')
    .option('--ordered', 'a record’s events one after another')
    .option('--no-ordered', 'in any order')
    .option('--coalesce', 'of a record’s waiting writes only the newest')
    .option('--no-coalesce', 'every write')
    .action(
      atDesk(io, async (desk, called: string, options: FieldOptions) => {
        const before = understood(subscriptionShape, await findSubscription(desk, called));
        const changesFilter = PARTS.some((part) => options[part] !== undefined);
        const body: JsonObject = {
          ...(options.name === undefined ? {} : { name: options.name }),
          ...(options.url === undefined ? {} : { url: options.url }),
          ...(changesFilter ? { filter: filterFrom(before.filter, options) } : {}),
          ...waysFrom(options),
        };
        if (Object.keys(body).length === 0)
          throw new WrongUsage('say what to change: --url, --models, --rate …');
        const path = pathOf(before.id);
        const what = `change subscription ${before.name}`;
        const answer = await perform(desk, { what, method: 'PATCH', path, on: path, body }, options);
        if (answer === null) return;
        if (desk.isJson) desk.json(answer);
        else showSubscription(desk, understood(subscriptionShape, answer));
      }),
    );
}

function withFields(command: Command): Command {
  return command
    .option('--models <models>', `as res.partner,sale.*; ${ANY} for all, here and below`, collected)
    .option('--sources <sources>', 'by name', collected)
    .option('--operations <operations>', OPERATIONS.join(', '), collected)
    .option('--priorities <priorities>', PRIORITIES.join(', '), collected)
    .option('--fields <fields>', 'one of these has changed', collected)
    .addOption(
      new Option(
        '--rate <number>',
        `attempts per second at most, ${RATE_BOUNDS.least} to ${RATE_BOUNDS.most}, or ${NONE}`,
      ).argParser(rate),
    );
}

function rate(given: string): number | typeof NONE {
  return given === NONE ? NONE : wholeNumber(RATE_BOUNDS.least, RATE_BOUNDS.most)(given);
}

/** What is given takes the place of what was; `any` takes it out. */
function filterFrom(
  before: Readonly<Record<string, readonly string[]>>,
  options: FieldOptions,
): Readonly<Record<string, readonly string[]>> {
  const filter: Record<string, readonly string[]> = { ...before };
  for (const part of PARTS) {
    const given = options[part];
    if (given === undefined) continue;
    if (given.length === 1 && given[0] === ANY) Reflect.deleteProperty(filter, part);
    else filter[part] = given;
  }
  return filter;
}

function waysFrom({ ordered, coalesce, rate: ratePerSecond }: FieldOptions): JsonObject {
  return {
    ...(ordered === undefined ? {} : { ordered }),
    ...(coalesce === undefined ? {} : { coalesce }),
    ...(ratePerSecond === undefined
      ? {}
      : { rate_per_second: ratePerSecond === NONE ? null : ratePerSecond }),
  };
}
