// A payload with blanks: the constant part of a record is written as JSON once, each change fills in its own.
// Building a hundred fields per row and escaping them made a page of 1,000 rows take longer than Odoo's.

import type { Json, JsonObject } from '../../domain/event';
import { writeJson } from '../python/json-writer';
import type { Change } from '../change-types';

/** Numbers to draw from: one that belongs to the record for ever, one to this change. */
interface Draws {
  readonly ofRecord: number;
  readonly ofChange: number;
}

export interface PayloadForm {
  /** `{{name}}` is a blank: alone in a string any value, within a longer one a text. */
  readonly fields: JsonObject;
  readonly blanks: (change: Change, draws: Draws) => Readonly<Record<string, Json>>;
  readonly displayName: (change: Change, draws: Draws) => Json;
  readonly ruleName: string;
  /** What a write says it changed. */
  readonly changedFields: readonly string[];
}

/** An empty many2one. */
export const NO_RECORD: JsonObject = { id: false, name: '' };

/** The same value for many fields. */
export function all(value: Json, ...names: readonly string[]): JsonObject {
  return Object.fromEntries(names.map((name) => [name, value]));
}

export type FilledForm = (blanks: Readonly<Record<string, Json>>) => string;

/** Fields come out by length of name, then by name: the order that PostgreSQL's jsonb gives Odoo. */
export function compileForm(fields: JsonObject): FilledForm {
  const ordered = Object.fromEntries(
    Object.entries(fields).sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1)),
  );
  const pieces = writeJson(ordered)
    .split(/("\{\{\w+\}\}"|\{\{\w+\}\})/)
    .map((text, index) => (index % 2 === 0 ? { text } : blankOf(text)));
  return (blanks) => {
    // Each blank is written once: a name stands in a partner in six places.
    const texts = new Map(Object.entries(blanks).map(([name, value]) => [name, writeJson(value)]));
    let text = '';
    for (const piece of pieces) text += 'text' in piece ? piece.text : filled(piece, texts);
    return text;
  };
}

interface Blank {
  readonly name: string;
  readonly alone: boolean;
}

function blankOf(text: string): Blank {
  return { name: text.replace(/\W/g, ''), alone: text.startsWith('"') };
}

function filled({ name, alone }: Blank, texts: ReadonlyMap<string, string>): string {
  const text = texts.get(name);
  if (text === undefined) throw new Error(`a payload has no value for its blank ${name}`);
  return alone ? text : text.slice(1, -1);
}
