// Subscriptions that stand in jisr.yaml: the same as somebody may send to the HTTP interface.
// Never drops one that it cannot read: its events would go nowhere, silently.
import { z } from 'zod';
import { createAddressGuard, type AddressGuard } from '../channels/webhook/address-guard';
import { isWebhookSecret } from '../channels/webhook/signature';
import { targetProblem } from '../channels/webhook/target-url';
import { OPERATIONS, PRIORITIES } from '../domain/event';
import { subscriptionFilter } from '../domain/subscription';
import {
  FIELD_NAME,
  hasDoubles,
  MODEL_PATTERN,
  MOST_IN_A_LIST,
  RATE_BOUNDS,
  SUBSCRIPTION_NAME,
  type TextRule,
} from '../domain/subscription-rules';
import { requiredValue } from './rules';
import type { SettingReader, YamlSection } from './setting-reader';
import type { SubscriptionConfig } from './shape';
import { flag, secretText, text, type ValueKind, wholeNumber } from './values';

export interface SubscriptionPlaces {
  /** The names of the sources. */
  readonly sources: readonly string[];
  readonly allowCidrs: readonly string[];
}

export function readSubscriptions(
  reader: SettingReader,
  sections: readonly YamlSection[],
  { sources, allowCidrs }: SubscriptionPlaces,
): readonly SubscriptionConfig[] {
  const refuses = createAddressGuard(allowCidrs);
  const read = sections.flatMap((section) => readOne(reader, section, sources, refuses));
  for (const [place, { name }] of read.entries()) {
    if (read.findIndex((one) => one.name === name) === place) continue;
    const found = `the name ${JSON.stringify(name)} twice`;
    reader.refuse({ where: 'jisr.yaml: subscriptions', found, expected: 'a name of its own for each' });
  }
  return read;
}

function readOne(
  reader: SettingReader,
  section: YamlSection,
  sources: readonly string[],
  refuses: AddressGuard,
): readonly SubscriptionConfig[] {
  const setting = (key: string) => ({ variable: null, section, key });
  const name = requiredValue(reader, section, 'name', like(SUBSCRIPTION_NAME));
  const url = requiredValue(reader, section, 'url', text);
  const problem = url === null ? null : targetProblem(url, refuses);
  // Not shown: people do write https://user:password@host.
  if (problem !== null)
    reader.refuse({ where: `${section.where}.url`, found: 'another address', expected: problem });
  const filter = subscriptionFilter({
    sources: reader.value(
      setting('sources'),
      someOf(wordOf(sources), `one or several of the sources ${sources.join(', ')}`),
    ),
    models: reader.value(setting('models'), someOf(like(MODEL_PATTERN).schema, MODEL_PATTERN.expected)),
    operations: reader.value(
      setting('operations'),
      someOf(z.enum(OPERATIONS), `one or several of ${OPERATIONS.join(', ')}`),
    ),
    priorities: reader.value(
      setting('priorities'),
      someOf(z.enum(PRIORITIES), `one or several of ${PRIORITIES.join(', ')}`),
    ),
    fields: reader.value(setting('fields'), someOf(like(FIELD_NAME).schema, FIELD_NAME.expected)),
  });
  const ways = {
    ordered: reader.value(setting('ordered'), flag) ?? false,
    coalesce: reader.value(setting('coalesce'), flag) ?? false,
    ratePerSecond: reader.value(setting('rate_per_second'), wholeNumber(RATE_BOUNDS.least, RATE_BOUNDS.most)),
    secret: reader.secret(setting('secret'), webhookSecret),
  };
  return name === null || url === null || problem !== null ? [] : [{ name, url, filter, ...ways }];
}

const webhookSecret: ValueKind<string> = {
  ...secretText,
  schema: z.string().refine(isWebhookSecret),
  expected: 'whsec_ and the base64 of 24 to 64 bytes, e.g. from `echo whsec_$(openssl rand -base64 32)`',
};

function like({ pattern, expected }: TextRule): ValueKind<string> {
  return { schema: z.string().regex(pattern), expected };
}

function wordOf(words: readonly string[]): z.ZodType<string> {
  return z.string().refine((word) => words.includes(word));
}

/** One word, or a list of YAML. */
function someOf<T extends string>(item: z.ZodType<T>, expected: string): ValueKind<readonly T[]> {
  return {
    schema: z
      .union([item.transform((one) => [one]), z.array(item).min(1).max(MOST_IN_A_LIST)])
      .refine((list) => !hasDoubles(list)),
    expected: `${expected}; each once, up to ${MOST_IN_A_LIST}`,
  };
}
