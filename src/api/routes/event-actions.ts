// What a person does with one event: retry or discard a dead letter, replay what is closed. 202: it is marked in
// the store, and its run goes on with it.
import { Router, type Response } from 'express';
import { z } from 'zod';
import type { EventState } from '../../domain/event-state';
import { askReplay, discardEvent, type Asked } from '../../store/deliveries/acts';
import { readEvent, type StoredEvent } from '../../store/events/read';
import { actorOf } from '../auth';
import type { ApiDependencies } from '../dependencies';
import { onlyAllows } from '../errors';
import { reason } from '../fields';
import { expectNoQuery, parseBody } from '../parse';
import { Problem } from '../problem';
import { createRunTeller } from '../tell-run';
import { noSuchEvent } from './events';

const reasonBody = z.strictObject({ reason });

export function eventActionRoutes(dependencies: ApiDependencies): Router {
  const { store } = dependencies;
  const run = createRunTeller(dependencies);
  const router = Router();

  router
    .route('/events/:key/retry')
    .post(async (request, response) => {
      expectNoQuery(request);
      const { reason: why = null } = parseBody(reasonBody, request.body);
      const event = await find(request.params.key);
      statusOf(
        await run.retry(event, why),
        `only a dead letter can be retried; replay it instead: POST /api/v1/events/${encodeURIComponent(event.key)}/replay`,
      );
      accepted(response, event);
    })
    .all(onlyAllows('POST'));

  router
    .route('/events/:key/discard')
    .post(async (request, response) => {
      expectNoQuery(request);
      const { reason: why = null } = parseBody(reasonBody, request.body);
      const event = await find(request.params.key);
      if (event.status !== 'dead_letter')
        throw wrongState(event.status, 'only a dead letter can be discarded');
      if (!(await run.signal(event, { kind: 'discard', reason: why, actor: actorOf() })))
        await discardEvent(store.db, event.key, null, why, actorOf());
      accepted(response, event);
    })
    .all(onlyAllows('POST'));

  router
    .route('/events/:key/replay')
    .post(async (request, response) => {
      expectNoQuery(request);
      const { reason: why = null } = parseBody(reasonBody, request.body);
      const event = await find(request.params.key);
      const was = statusOf(
        await askReplay(store.db, event.key, why, actorOf()),
        'wait until it is processed, discarded or a dead letter',
      );
      const heard = was === 'dead_letter' && (await run.signal(event, { kind: 'retry' }));
      if (!heard) await run.startAnew(event.key);
      accepted(response, event);
    })
    .all(onlyAllows('POST'));

  return router;

  async function find(key: string): Promise<StoredEvent> {
    const event = await readEvent(store.db, key);
    if (event === null) throw noSuchEvent(key);
    return event;
  }
}

/** As it was when it was marked: a moment later it may be another. Throws when nothing was marked. */
function statusOf(asked: Asked, why: string): EventState | null {
  if (asked.kind === 'payload-dropped') throw payloadDropped();
  if (asked.kind === 'wrong-state') throw wrongState(asked.status, why);
  return asked.kind === 'asked' ? asked.status : null;
}

export function payloadDropped(): Problem {
  const detail =
    'its payload was dropped (JISR_PAYLOAD_DAYS), so nothing is left to deliver: have Odoo write the record again';
  return new Problem(409, detail);
}

function wrongState(status: string, why: string): Problem {
  return new Problem(409, `the event is ${status}: ${why}`);
}

function accepted(response: Response, { key }: StoredEvent): void {
  response.status(202).json({ key, accepted: true });
}
