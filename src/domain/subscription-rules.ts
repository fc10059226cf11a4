// What a subscription may look like, whether somebody sends it to the HTTP interface or writes it into jisr.yaml.
// Each rule says what it expects.

export interface TextRule {
  readonly pattern: RegExp;
  readonly expected: string;
}

export const SUBSCRIPTION_NAME: TextRule = {
  pattern: /^[a-z0-9][a-z0-9._-]{0,62}$/i,
  expected: 'a name of letters, digits, `.`, `_` and `-`, up to 63',
};

export const MODEL_PATTERN: TextRule = {
  pattern: /^(?=.{1,200}$)[a-z0-9_*]+(\.[a-z0-9_*]+)*$/i,
  expected: 'the name of an Odoo model such as `sale.order`, or with `*` as in `sale.*`',
};

export const FIELD_NAME: TextRule = {
  pattern: /^[a-z_][a-z0-9_]{0,62}$/i,
  expected: 'the name of an Odoo field such as `partner_id`',
};

/** Attempts per second. */
export const RATE_BOUNDS = { least: 1, most: 1_000 } as const;

export const MOST_IN_A_LIST = 100;

export function hasDoubles(list: readonly string[]): boolean {
  return new Set(list).size < list.length;
}
