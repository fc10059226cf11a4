// Events: the list, and one whole. Never changes one.
import { Router } from 'express';
import { z } from 'zod';
import { CHANNELS, OPERATIONS, PRIORITIES } from '../../domain/event';
import { EVENT_STATES } from '../../domain/event-state';
import { readActions, readDeliveries } from '../../store/deliveries/read';
import { readCopies } from '../../store/event-copies';
import { listEvents, readEvent, type EventFilter } from '../../store/events/read';
import type { ApiDependencies } from '../dependencies';
import { onlyAllows } from '../errors';
import { cursorTo, oneOf, pageFields, pageOf, recordId, text, time } from '../fields';
import { expectNoQuery, parseQuery } from '../parse';
import { presentEvent, presentWholeEvent } from '../present';
import { Problem } from '../problem';
import { subscriptionNamed } from '../subscription-named';

export const eventFields = {
  source: text.optional(),
  model: text.optional(),
  record_id: recordId.optional(),
  operation: oneOf(OPERATIONS).optional(),
  priority: oneOf(PRIORITIES).optional(),
  status: oneOf(EVENT_STATES).optional(),
  channel: oneOf(CHANNELS).optional(),
  push_id: text.optional(),
  pull_id: text.optional(),
  since: time.optional(),
  until: time.optional(),
  q: text.optional(),
};
const listQuery = z.strictObject({
  ...eventFields,
  error_class: text.optional(),
  subscription: text.optional(),
  order: oneOf(['asc', 'desc']).default('desc'),
  ...pageFields,
});

export function eventRoutes({ store, temporalUi }: ApiDependencies): Router {
  const router = Router();

  router
    .route('/events')
    .get(async (request, response) => {
      const query = parseQuery(listQuery, request);
      const { order, limit: limitRows, cursor: after = null, ...asked } = query;
      const { error_class: errorClass, subscription, ...fields } = asked;
      const subscriptionId =
        subscription === undefined ? undefined : await subscriptionNamed(store.db, subscription);
      // One more than asked tells whether there is a next page.
      const page = { order, limitRows: limitRows + 1, after };
      const rows = await listEvents(store.db, { ...filterOf(fields), errorClass, subscriptionId }, page);
      const { page: events, next } = pageOf(rows, limitRows, ({ seq }) => cursorTo(seq));
      response.json({ events: events.map((event) => presentEvent(event, temporalUi)), next });
    })
    .all(onlyAllows('GET'));

  router
    .route('/events/:key')
    .get(async (request, response) => {
      expectNoQuery(request);
      const { key } = request.params;
      const event = await readEvent(store.db, key);
      if (event === null) throw noSuchEvent(key);
      const [copies, deliveries, actions] = await Promise.all([
        readCopies(store.db, event.seq),
        readDeliveries(store.db, event.seq),
        readActions(store.db, event.seq),
      ]);
      response.json(presentWholeEvent({ event, copies, deliveries, actions }, temporalUi));
    })
    .all(onlyAllows('GET'));

  return router;
}

export function noSuchEvent(key: string): Problem {
  const howToFind = "look for it by Odoo's id or record with GET /api/v1/events?q=…";
  return new Problem(404, `no event has the key "${key}": ${howToFind}`);
}

function filterOf(asked: z.output<z.ZodObject<typeof eventFields>>): EventFilter {
  const { record_id: recordId, push_id: pushId, pull_id: pullId, since, until, ...same } = asked;
  return { ...same, recordId, pushId, pullId, sinceMs: since, untilMs: until };
}
