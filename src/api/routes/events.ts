// Events: the list, and one whole.
import { Router } from 'express';
import { z } from 'zod';
import { CHANNELS, OPERATIONS, PRIORITIES } from '../../domain/event';
import { EVENT_STATES } from '../../domain/event-state';
import { readCopies } from '../../store/event-copies';
import { listEvents, readEvent } from '../../store/events/read';
import type { ApiDependencies } from '../dependencies';
import { presentCopy, presentEvent } from '../present';
import { Problem } from '../problem';
import { cursor, cursorTo, limit, text, time, wholeNumber } from '../query';

const listQuery = z.strictObject({
  source: text.optional(),
  model: text.optional(),
  record_id: wholeNumber.optional(),
  operation: z.enum(OPERATIONS).optional(),
  priority: z.enum(PRIORITIES).optional(),
  status: z.enum(EVENT_STATES).optional(),
  channel: z.enum(CHANNELS).optional(),
  push_id: text.optional(),
  pull_id: text.optional(),
  since: time.optional(),
  until: time.optional(),
  q: text.optional(),
  order: z.enum(['asc', 'desc']).default('desc'),
  limit,
  cursor: cursor.optional(),
});

export function eventRoutes({ store, temporalUi }: ApiDependencies): Router {
  const router = Router();

  router.get('/events', async (request, response) => {
    const query = listQuery.parse(request.query);
    const filter = {
      ...query,
      recordId: query.record_id,
      pushId: query.push_id,
      pullId: query.pull_id,
      sinceMs: query.since,
      untilMs: query.until,
    };
    const page = { order: query.order, limitRows: query.limit, after: query.cursor ?? null };
    // One more than asked tells whether there is a next page.
    const rows = await listEvents(store.db, filter, { ...page, limitRows: page.limitRows + 1 });
    const events = rows.slice(0, page.limitRows);
    const last = rows.length > page.limitRows ? events.at(-1) : undefined;
    response.json({
      events: events.map((event) => presentEvent(event, temporalUi)),
      next: last === undefined ? null : cursorTo(last.seq),
    });
  });

  router.get('/events/:key', async (request, response) => {
    const { key } = request.params;
    const event = await readEvent(store.db, key);
    if (event === null)
      throw new Problem(404, `no event has the key "${key}": look for it with GET /api/v1/events?q=…`);
    const copies = await readCopies(store.db, event.seq);
    response.json({
      ...presentEvent(event, temporalUi),
      payload: event.payload,
      copies: copies.map(presentCopy),
      deliveries: [],
    });
  });

  return router;
}
