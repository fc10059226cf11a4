// A look at one Odoo for a check-up: is it there, does the key fit, is its clock right. Changes nothing there.
import type { OdooFacts } from '../domain/checkups/odoo';
import { createOdooClient, type OdooClientOptions } from './client';
import type { PulledPage } from './shapes/pulled-page';

/** Somebody waits for the answer, so a slow Odoo is told as such. */
const TIMEOUTS = { connectMs: 3_000, readMs: 5_000, healthMs: 5_000 };

export async function lookAtOdoo(
  options: Pick<OdooClientOptions, 'baseUrl' | 'apiKey'>,
  nowMs: () => number,
): Promise<OdooFacts> {
  const client = createOdooClient({ ...options, timeouts: TIMEOUTS });
  try {
    const askedMs = nowMs();
    const health = await client.health();
    const middleMs = (askedMs + nowMs()) / 2;
    // From the beginning: Odoo answers rows that are not marked, the oldest first.
    const page = await client.pull({ lastEventId: 0, limitRows: 1 });
    return {
      health:
        health.kind === 'failed'
          ? health
          : {
              kind: 'ok',
              value: {
                pendingEvents: health.value.pendingEvents,
                skewMs: health.value.atMs === null ? null : health.value.atMs - middleMs,
              },
            },
      pull:
        page.kind === 'failed' ? page : { kind: 'ok', value: { oldestAgeMs: ageOf(page.value, nowMs()) } },
    };
  } finally {
    await client.close();
  }
}

function ageOf({ rows }: PulledPage, nowMs: number): number | null {
  const arrival = rows[0]?.arrival;
  return arrival?.kind === 'event' ? nowMs - arrival.copy.occurredAtMs : null;
}
