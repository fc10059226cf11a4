// The recorded exchanges with a real Odoo, and the rows that its table held then.
// Reads files only; never changes what was recorded.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { NewChange } from '../../src/simulator/change-types';

const FOLDER = join(__dirname, '../fixtures/odoo');
const FOLDERS = ['pull', 'mark-processed', 'health', 'stats', 'sync-state'] as const;

export interface RecordedEvent {
  readonly id: number;
  readonly model: string;
  readonly record_id: number;
  readonly event: 'create' | 'write' | 'unlink';
  readonly timestamp: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly priority: 'high' | 'medium' | 'low';
  readonly category: string;
  readonly user_id: number;
  readonly user_name: string;
}

export interface Exchange {
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
  };
  readonly db_after?: readonly { readonly id: number; readonly is_processed: boolean }[];
}

export const exchangeNames: readonly string[] = FOLDERS.flatMap((folder) =>
  readdirSync(join(FOLDER, folder)).map((file) => `${folder}/${file.replace('.json', '')}`),
);

export function exchange(name: string): Exchange {
  return readJson(`${name}.json`) as Exchange;
}

export function recordedEvent(name: string): RecordedEvent {
  return (readJson(`events/event-${name}.json`) as { event: RecordedEvent }).event;
}

/** Rows 1 to 54 as they stood when the first exchanges were recorded, in the order of their ids. */
export function recordedRows(): readonly NewChange[] {
  const pages = ['pull/01-first-page-limit10-has_more-true', 'pull/02-second-page-by-cursor'];
  const pulled = pages.flatMap(
    (page) => (exchange(page).response.body as { events: RecordedEvent[] }).events,
  );
  const { steps } = readJson('events/01-what-odoo-did-and-which-rows-it-wrote.json') as {
    steps: { update_webhook_rows: RecordedEvent[] }[];
  };
  const later = steps.flatMap((step) => step.update_webhook_rows).filter((row) => row.id > 20);
  return [...pulled, ...later].map((row) => ({
    model: row.model,
    recordId: row.record_id,
    operation: row.event,
    priority: row.priority,
    category: 'business',
    user: { id: row.user_id, name: row.user_id === 1 ? 'OdooBot' : 'Administrator' },
    occurredAtMs: Date.parse('2026-11-24T02:08:15Z'),
  }));
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(FOLDER, path), 'utf8'));
}
