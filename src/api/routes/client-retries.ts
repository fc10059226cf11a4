// Retries of dead letters as the present clients ask for them: by number, one or many. The same act as that of
// /events/:key/retry.
import { Router } from 'express';
import { z } from 'zod';
import { readEvent } from '../../store/events/read';
import { keyOf } from '../../store/events/key-of';
import type { ApiDependencies } from '../dependencies';
import { onlyAllows } from '../errors';
import { eventId } from '../lenient';
import { parseBody } from '../parse';
import { Problem } from '../problem';
import { createRunTeller } from '../tell-run';

const MOST = 'a list of 1 to 100 ids';
const oneBody = z.object({ event_id: eventId });
const manyBody = z.object({ event_ids: z.array(eventId, MOST).min(1, MOST).max(100, MOST) });

interface Outcome {
  readonly success: boolean;
  readonly event_id: number;
  readonly message: string;
  /** Null when there is no such event. */
  readonly new_status: string | null;
}

export function clientRetryRoutes(dependencies: ApiDependencies): Router {
  const { db } = dependencies.store;
  const run = createRunTeller(dependencies);
  const router = Router();

  async function retry(id: number): Promise<Outcome> {
    const key = await keyOf(db, id);
    const event = key === null ? null : await readEvent(db, key);
    const retried = event === null ? null : await run.retry(event, null);
    if (retried === null || retried.kind === 'unknown')
      return { success: false, event_id: id, message: `no event has the id ${id}`, new_status: null };
    const { kind, goesTo } = retried;
    const message =
      kind === 'asked' ? 'it is tried again' : `the event is ${goesTo}: only a dead letter can be retried`;
    return { success: kind === 'asked', event_id: id, message, new_status: goesTo };
  }

  router
    .route('/webhooks/retry')
    .post(async (request, response) => {
      const outcome = await retry(parseBody(oneBody, request.body).event_id);
      if (outcome.new_status === null)
        throw new Problem(404, `${outcome.message}: GET /api/v1/webhooks/events lists them`);
      if (!outcome.success) throw new Problem(409, outcome.message);
      response.json(outcome);
    })
    .all(onlyAllows('POST'));

  router
    .route('/webhooks/retry/bulk')
    .post(async (request, response) => {
      const results: Outcome[] = [];
      for (const id of new Set(parseBody(manyBody, request.body).event_ids)) results.push(await retry(id));
      response.json({ success: results.every(({ success }) => success), results });
    })
    .all(onlyAllows('POST'));

  return router;
}
