// One text for one JSON value, whatever the order of its keys: the ground of fingerprints.
// Never changes what it answers: fingerprints are kept for ever. Written for speed, since it sees every payload.
import type { Json } from './event';

/** Object keys sorted by code unit, no white space, numbers as JavaScript prints them. */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  let [text, separator] = ['', ''];
  if (isArray(value)) {
    for (const item of value) {
      text += separator + canonicalJson(item);
      separator = ',';
    }
    return `[${text}]`;
  }
  for (const name of Object.keys(value).sort()) {
    text += separator + quoted(name) + canonicalJson(value[name] ?? null);
    separator = ',';
  }
  return `{${text}}`;
}

/** An Odoo has some thousand names of fields, and each payload has a hundred of them. */
const MOST_NAMES = 10_000;
const names = new Map<string, string>();

function quoted(name: string): string {
  const known = names.get(name);
  if (known !== undefined) return known;
  const made = `${JSON.stringify(name)}:`;
  if (names.size < MOST_NAMES) names.set(name, made);
  return made;
}

// Array.isArray does not narrow readonly arrays.
function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
