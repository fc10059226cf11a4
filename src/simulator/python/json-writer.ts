// JSON and times as Odoo puts them on the wire: ASCII, Python's separators, naive UTC.
// Never reads anything.

import type { Json } from '../../domain/event';

/** Like Python's json.dumps, so that a page is as many bytes as Odoo's. */
export function writeJson(value: Json): string {
  if (typeof value === 'string') return asciiString(value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(writeJson).join(', ')}]`;
  const members = Object.entries(value).map(([key, item]) => `${asciiString(key)}: ${writeJson(item)}`);
  return `{${members.join(', ')}}`;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function asciiString(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\uffff]+/g, escaped);
}

/** Whole runs at a time: one call per letter made pages of Arabic slow. */
function escaped(run: string): string {
  let text = '';
  for (let at = 0; at < run.length; at++) {
    text += `\\u${(0x10000 + run.charCodeAt(at)).toString(16).slice(1)}`;
  }
  return text;
}

/** A stored datetime: `2026-11-24T02:05:40`, no zone, no fraction. */
export function naiveSeconds(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 19);
}

/** The time of an answer: `2026-11-24T02:08:42.071475`. */
export function naiveMicroseconds(epochMs: number, microseconds = 0): string {
  return `${new Date(epochMs).toISOString().slice(0, 23)}${String(microseconds % 1000).padStart(3, '0')}`;
}
