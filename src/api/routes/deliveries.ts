// Deliveries: the list, one with every attempt, and making one again, whatever became of it.
import { Router } from 'express';
import { z } from 'zod';
import { isBatch } from '../../contracts/names';
import { DELIVERY_STATES } from '../../domain/delivery';
import { listDeliveries } from '../../store/deliveries/list';
import {
  openDelivery,
  placeOfDelivery,
  returnFrom,
  type DeliveryPlace,
  type Opened,
} from '../../store/deliveries/retry-one';
import { readEvent } from '../../store/events/read';
import { actorOf } from '../auth';
import type { ApiDependencies } from '../dependencies';
import { onlyAllows } from '../errors';
import { cursorTo, oneOf, pageFields, pageOf, reason, text } from '../fields';
import { expectNoQuery, parseBody, parseQuery } from '../parse';
import { presentDelivery } from '../present';
import { Problem } from '../problem';
import { subscriptionNamed } from '../subscription-named';
import { payloadDropped } from './event-actions';
import { noSuchEvent } from './events';

const listQuery = z.strictObject({
  subscription: text.optional(),
  event: text.optional(),
  state: oneOf(DELIVERY_STATES).optional(),
  ...pageFields,
});
const retryBody = z.strictObject({ reason });

export function deliveryRoutes({ store, runs, bell }: ApiDependencies): Router {
  const { db } = store;
  const router = Router();

  router
    .route('/deliveries')
    .get(async (request, response) => {
      const asked = parseQuery(listQuery, request);
      const { subscription, event, state, limit: limitRows, cursor: before = null } = asked;
      const filter = {
        subscriptionId: subscription === undefined ? undefined : await subscriptionNamed(db, subscription),
        eventSeq: event === undefined ? undefined : await seqOf(event),
        state,
      };
      const rows = await listDeliveries(db, filter, { limitRows: limitRows + 1, before });
      const { page, next } = pageOf(rows, limitRows, ({ seq }) => cursorTo(seq));
      response.json({ deliveries: page.map((one) => presentDelivery(one, one.eventKey)), next });
    })
    .all(onlyAllows('GET'));

  router
    .route('/deliveries/:id')
    .get(async (request, response) => {
      expectNoQuery(request);
      const { id } = request.params;
      const [delivery] = await listDeliveries(db, { id }, { limitRows: 1, before: null });
      const one = found(delivery ?? null);
      response.json(presentDelivery(one, one.eventKey));
    })
    .all(onlyAllows('GET'));

  router
    .route('/deliveries/:id/retry')
    .post(async (request, response) => {
      expectNoQuery(request);
      const { reason: why = null } = parseBody(retryBody, request.body);
      const { id } = request.params;
      const place = found(await placeOfDelivery(db, id));
      if (place.status !== 'active') throw closed(place);
      const note = `the delivery to ${place.subscription}${why === null ? '' : `: ${why}`}`;
      const opened = found(await openDelivery(db, { eventKey: place.eventKey, id, note, actor: actorOf() }));
      if (opened.kind === 'payload-dropped') throw payloadDropped();
      await tell(place.eventKey, opened);
      response.status(202).json({ id, event_key: place.eventKey, accepted: true });
    })
    .all(onlyAllows('POST'));

  return router;

  /** A batch gives back by itself what it does not finish. */
  async function tell(eventKey: string, opened: Opened): Promise<void> {
    if (opened.kind === 'in-hand') {
      const { workflowId, runId, wasParked } = opened;
      if (await runs.signal(workflowId, { kind: 'deliver-now' })) return;
      if (isBatch(workflowId) && !wasParked) return;
      await returnFrom(db, eventKey, runId);
    }
    bell.ring();
  }

  async function seqOf(key: string): Promise<number> {
    const event = await readEvent(db, key);
    if (event === null) throw noSuchEvent(key);
    return event.seq;
  }
}

function found<T>(delivery: T | null): T {
  if (delivery !== null) return delivery;
  throw new Problem(404, 'no delivery has this id: GET /api/v1/deliveries lists them');
}

function closed({ subscription, status }: DeliveryPlace): Problem {
  const next = status === 'deleted' ? 'nothing can be sent to it any more' : 'resume it, then retry';
  return new Problem(409, `the subscription "${subscription}" is ${status}: ${next}`);
}
