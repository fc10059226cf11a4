// The simulator answers as the real Odoo did: the recorded exchanges are the oracle.
// Never compares ids of payloads or times, which belong to the day of the recording.

import { startSimulator } from '../../src/simulator/simulator';
import type { Simulator } from '../../src/simulator/simulator-types';
import { exchange, exchangeNames, recordedRows } from './recorded';
import type { Exchange } from './recorded';
import { NOT_REPLAYED, SCENES } from './recorded-scenes';
import type { Step } from './recorded-scenes';

const RECORDED_AT_MS = Date.parse('2026-11-24T02:09:15Z');

test('every recorded exchange is replayed, or it is said why not', () => {
  const known = [
    ...SCENES.flatMap((scene) => scene.steps.map((step) => step.name)),
    ...Object.keys(NOT_REPLAYED),
  ];
  expect([...known].sort()).toEqual([...exchangeNames].sort());
});

describe.each(SCENES)('$title', ({ rows, steps }) => {
  let odoo: Simulator;

  beforeAll(async () => {
    odoo = await startSimulator({ apiKey: 'lab-key-0123456789', now: () => RECORDED_AT_MS });
    if (rows === 'recorded') recordedRows().forEach((row) => odoo.change(row));
    else
      odoo.changeMany(rows, {
        model: 'res.partner',
        recordId: 1,
        operation: 'write',
        user: { id: 1, name: 'OdooBot' },
      });
  });
  afterAll(() => odoo.close());

  test.each(steps)('$name', async (step) => {
    await step.before?.(odoo);
    const recorded = exchange(step.name);

    const answer = await replay(odoo, recorded, step);

    expect(answer.status).toBe(recorded.response.status);
    expect(answer.contentType).toBe(recorded.response.headers['Content-Type']);
    expect(comparable(answer.body, step)).toEqual(comparable(recorded.response.body, step));
    for (const row of recorded.db_after ?? []) {
      expect({ id: row.id, is_processed: (odoo.ledger.byPullId(row.id)?.marked ?? 0) > 0 }).toMatchObject({
        id: row.id,
        is_processed: row.is_processed,
      });
    }
  });
});

interface Answered {
  readonly status: number;
  readonly contentType: string | null;
  readonly body: unknown;
}

async function replay(odoo: Simulator, { request }: Exchange, step: Step): Promise<Answered> {
  const { body } = request;
  const sent = step.rawBody ?? (typeof body === 'string' ? body : JSON.stringify(body));
  const response = await fetch(`${odoo.url}${request.path}`, {
    method: request.method,
    headers: request.headers,
    ...(body === null ? {} : { body: sent }),
  });
  const text = await response.text();
  const contentType = response.headers.get('Content-Type');
  const isJson = contentType === 'application/json' && text !== '';
  return { status: response.status, contentType, body: isJson ? (JSON.parse(text) as unknown) : text };
}

function comparable(body: unknown, { shortened }: Step): unknown {
  if (typeof body === 'string') return shortened === undefined ? body : /<title>.*<\/title>/.exec(body)?.[0];
  const answer = body as Record<string, unknown>;
  const events = answer['events'] as Record<string, unknown>[] | undefined;
  return {
    ...answer,
    timestamp: shapeOfTime(answer['timestamp']),
    ...(events === undefined
      ? {}
      : { events: (shortened === undefined ? events : events.slice(0, 1)).map(comparableEvent) }),
  };
}

function comparableEvent(event: Record<string, unknown>): unknown {
  return { ...event, timestamp: shapeOfTime(event['timestamp']), payload: typeof event['payload'] };
}

function shapeOfTime(time: unknown): string {
  return String(time).replace(/\d/g, '9');
}
