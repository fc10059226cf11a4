// The inbox, live: Server-Sent Events, and what is said to who opens the WebSocket's path without one.
import { Router } from 'express';
import { z } from 'zod';
import type { ApiDependencies } from '../dependencies';
import { onlyAllows } from '../errors';
import { oneOf } from '../fields';
import { headStream, openEventStream } from '../live/event-stream';
import { fedEvent } from '../live/fed-event';
import { feedIsFull, placeBeyond, placeIn, placeText } from '../live/places';
import { expectNoQuery, parseQuery } from '../parse';
import { Problem } from '../problem';
import { eventFields } from './events';

const { source, model, record_id, operation, priority, channel } = eventFields;
const streamQuery = z.strictObject({
  source,
  model,
  record_id,
  operation,
  priority,
  channel,
  payload: oneOf(['true', 'false']).default('false'),
  last_event_id: placeText.optional(),
});

export function streamRoutes({ feed, temporalUi }: Pick<ApiDependencies, 'feed' | 'temporalUi'>): Router {
  const router = Router();

  router
    .route('/events/stream')
    .get(async (request, response) => {
      const asked = parseQuery(streamQuery, request);
      const { payload, last_event_id: inQuery, record_id: recordId, model, ...same } = asked;
      // A client that connects again sends the header, beside the query of its first time.
      const wanted = placeIn(request.get('last-event-id')) ?? inQuery;
      if (request.method === 'HEAD') {
        headStream(response);
        return;
      }
      if (feed.isFull()) throw feedIsFull();
      const end = await feed.end();
      if (wanted !== undefined && wanted > end) throw placeBeyond(wanted, end);
      if (response.destroyed) return;
      const seat = feed.sit(() => {
        leave();
        stream.end();
      });
      if (seat === null) throw feedIsFull();
      const stream = openEventStream(response, feed.limits.slowMs);
      const from = wanted ?? end;
      stream.mark(from);
      const reader = seat.read({
        filter: { ...same, recordId, models: model === undefined ? undefined : [model] },
        from,
        withPayload: payload === 'true',
        take: (event) => stream.send(event.seq, fedEvent(event, temporalUi)),
      });
      const heart = setInterval(() => {
        stream.beat(reader.place());
      }, feed.limits.heartbeatMs);
      const leave = () => {
        clearInterval(heart);
        seat.leave();
      };
      response.on('close', leave);
    })
    .all(onlyAllows('GET'));

  router
    .route('/events/ws')
    .get((request) => {
      expectNoQuery(request);
      const detail =
        'this path speaks WebSocket: connect with ws:// or wss://, or read /api/v1/events/stream';
      throw new Problem(426, detail, { headers: { Upgrade: 'websocket', Connection: 'Upgrade' } });
    })
    .all(onlyAllows('GET'));

  return router;
}
