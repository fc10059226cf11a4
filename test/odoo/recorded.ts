// Exchanges recorded from a real Odoo, read from test/fixtures/odoo.
// Must never change them: a test that needs another answer writes its own.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import type { JsonObject } from '../../src/domain/event';

export interface Recorded {
  readonly note?: string;
  readonly request?: { readonly method: string; readonly path: string; readonly body: unknown };
  readonly response?: {
    readonly status: number;
    readonly headers: Record<string, string>;
    readonly body: unknown;
  };
  /** In `events/`: one pulled row. */
  readonly event?: JsonObject;
}

const ROOT = path.join(__dirname, '../fixtures/odoo');

/** What lies beside the folders is among them, since no test would read it. */
export const recordedFolders = (): readonly string[] => readdirSync(ROOT);

/** Names below a folder, without `.json`, sub-folders included. */
export const recordedNames = (folder: string): readonly string[] =>
  readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();

export const recorded = (folder: string, name: string): Recorded =>
  JSON.parse(readFileSync(path.join(ROOT, folder, `${name}.json`), 'utf8')) as Recorded;

export const recordedResponse = (folder: string, name: string): NonNullable<Recorded['response']> => {
  const { response } = recorded(folder, name);
  if (response === undefined) throw new Error(`${folder}/${name} holds no answer`);
  return response;
};

/** The row of a file in `events/`. */
export const recordedRow = (name: string): JsonObject => {
  const { event } = recorded('events', name);
  if (event === undefined) throw new Error(`events/${name} holds no row`);
  return event;
};
