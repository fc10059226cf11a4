// The least client that can talk to the simulator.
// Never retries and never interprets: tests look at what came over the socket.

import type { Simulator } from '../../src/simulator/simulator-types';

export interface WireAnswer {
  readonly status: number;
  readonly contentType: string | null;
  readonly text: string;
  /** {} when the answer is a page. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface PulledRow {
  readonly id: number;
  readonly model: string;
  readonly record_id: number;
  readonly event: string;
  readonly payload: unknown;
  readonly priority: unknown;
  readonly category: unknown;
  readonly user_id: unknown;
  readonly user_name: unknown;
}

export async function call(
  odoo: Simulator,
  path: string,
  body?: unknown,
  key = 'lab-key',
): Promise<WireAnswer> {
  const response = await fetch(`${odoo.url}/api/webhooks/${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'X-API-Key': key },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const contentType = response.headers.get('Content-Type');
  const parsed: unknown = contentType === 'application/json' ? JSON.parse(text) : {};
  return { status: response.status, contentType, text, body: parsed as Record<string, unknown> };
}

export function pull(odoo: Simulator, body: object = {}): Promise<WireAnswer> {
  return call(odoo, 'pull', body);
}

export function mark(odoo: Simulator, ids: readonly unknown[]): Promise<WireAnswer> {
  return call(odoo, 'mark-processed', { event_ids: ids });
}

export function rowsOf(answer: WireAnswer): readonly PulledRow[] {
  return answer.body['events'] as PulledRow[];
}

export async function pulledIds(odoo: Simulator, body: object = {}): Promise<readonly number[]> {
  return rowsOf(await pull(odoo, body)).map((row) => row.id);
}
