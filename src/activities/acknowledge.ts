// Marks ids processed in Odoo. Older addons refuse a whole batch for one deleted id: a batch that keeps
// failing while Odoo is healthy is halved until the culprit stands alone.
import type { AcknowledgeAnswer } from '../contracts/activities';
import type { OdooFailure } from '../domain/failure';
import type { OdooClient } from '../odoo/client';
import { OdooCallFailed } from './failures';

/** When so many ids are refused and none is taken, it is not the ids. */
const NOT_THE_IDS = 10;

/** @param keepsFailing this batch failed before: then its own ids may be to blame */
export async function markAll(
  client: OdooClient,
  ids: readonly number[],
  keepsFailing: boolean,
  signal: AbortSignal,
): Promise<AcknowledgeAnswer> {
  const refused: number[] = [];
  let acknowledged = 0;

  async function mark(part: readonly number[]): Promise<void> {
    const reply = await client.markProcessed(part, signal);
    if (reply.kind === 'ok') {
      acknowledged += part.length;
      return;
    }
    if (!keepsFailing || !mayBeAnId(reply.failure)) throw new OdooCallFailed(reply.failure);
    const health = await client.health(signal);
    if (health.kind === 'failed') throw new OdooCallFailed(health.failure);
    if (part.length === 1) {
      refused.push(...part);
      if (acknowledged === 0 && refused.length >= NOT_THE_IDS) throw new OdooCallFailed(reply.failure);
      return;
    }
    const middle = Math.ceil(part.length / 2);
    await mark(part.slice(0, middle));
    await mark(part.slice(middle));
  }

  await mark(ids);
  return { acknowledged, refused };
}

function mayBeAnId(failure: OdooFailure): boolean {
  return failure.code === 'odoo-server-error' || failure.code === 'odoo-request-refused';
}
