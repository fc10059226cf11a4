// One text for one JSON value, whatever the order of its keys: the ground of fingerprints.
// Never changes what it answers: fingerprints are kept for ever. Written for speed, since it sees every payload.
import type { Json } from './event';

/** Object keys sorted by code unit, no white space, numbers as JavaScript prints them. */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== 'object') return scalar(value);
  let [text, separator] = ['', ''];
  if (isArray(value)) {
    for (const item of value) {
      text += separator + canonicalJson(item);
      separator = ',';
    }
    return `[${text}]`;
  }
  for (const name of sorted(Object.keys(value))) {
    text += separator + quoted(name) + canonicalJson(value[name] ?? null);
    separator = ',';
  }
  return `{${text}}`;
}

/** Most fields of a record are `false`, which is how Odoo says that they are empty. */
function scalar(value: string | number | boolean | null): string {
  return value === false ? 'false' : JSON.stringify(value);
}

// An Odoo has some thousand names of fields, in some hundred orders; each payload has a hundred of them. What a sender
// makes up must not fill the memory.
const MOST_NAMES = 10_000;
const MOST_ORDERS = 500;
const MOST_NAMES_OF_ORDER = 500;
const LONGEST_NAME_CHARS = 100;

const quotedNames = new Map<string, string>();
const orders = new Map<string, { readonly names: readonly string[]; readonly sorted: readonly string[] }>();

function quoted(name: string): string {
  const known = quotedNames.get(name);
  if (known !== undefined) return known;
  const made = `${JSON.stringify(name)}:`;
  if (quotedNames.size < MOST_NAMES && isShort(name)) quotedNames.set(name, made);
  return made;
}

/** Records of one model come with the same names in the same order: to compare them is cheaper than to sort them. */
function sorted(names: readonly string[]): readonly string[] {
  if (names.length < 2) return names;
  const about = `${names.length} ${names[0] ?? ''} ${names.at(-1) ?? ''}`;
  const known = orders.get(about);
  if (known?.names.every((name, place) => name === names[place]) === true) return known.sorted;
  const made = [...names].sort();
  const hasPlace = known !== undefined || orders.size < MOST_ORDERS;
  if (hasPlace && names.length <= MOST_NAMES_OF_ORDER && names.every(isShort))
    orders.set(about, { names, sorted: made });
  return made;
}

function isShort(name: string): boolean {
  return name.length <= LONGEST_NAME_CHARS;
}

// Array.isArray does not narrow readonly arrays.
function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
