// Subscriptions: who wants which events, and where they go. The secret is shown once, when it is made.
import { Router } from 'express';
import { z } from 'zod';
import { newWebhookSecret } from '../../channels/webhook/signature';
import { readTargetUrl } from '../../channels/webhook/target-url';
import { OPERATIONS, PRIORITIES } from '../../domain/event';
import type { SubscriptionFilter } from '../../domain/subscription';
import {
  createSubscription,
  listSubscriptions,
  readSubscription,
  setSubscriptionStatus,
  type Subscription,
} from '../../store/subscriptions';
import { withCircuit, withCircuits } from '../circuit-view';
import type { ApiDependencies } from '../dependencies';
import { onlyAllows } from '../errors';
import { limit, oneOf, text, textCursor, textCursorTo } from '../fields';
import { expectNoQuery, parseBody, parseQuery } from '../parse';
import { timeOf } from '../present';
import { Problem } from '../problem';

const listQuery = z.strictObject({ limit, cursor: textCursor.optional() });
const someOf = <T extends z.ZodType>(item: T) =>
  z.array(item, 'a list').min(1, 'at least one, or leave it out').max(100, 'at most 100').optional();
const filter = z.strictObject(
  {
    sources: someOf(text),
    models: someOf(text),
    operations: someOf(oneOf(OPERATIONS)),
    priorities: someOf(oneOf(PRIORITIES)),
    fields: someOf(text),
  },
  'an object with sources, models, operations, priorities, fields; {} for all events',
);
const newSubscription = z.strictObject({
  name: z
    .string('a name')
    .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/i, 'a name of letters, digits, `.`, `_` and `-`, up to 63'),
  filter,
  channel: oneOf(['webhook']).default('webhook'),
  url: z.string('an http:// or https:// address').refine((url) => readTargetUrl(url).kind === 'ok', {
    error: 'an http:// or https:// address without user and password',
  }),
});

export function subscriptionRoutes({ store, secretBox }: ApiDependencies): Router {
  const router = Router();

  router
    .route('/subscriptions')
    .get(async (request, response) => {
      const { limit: limitRows, cursor: after = null } = parseQuery(listQuery, request);
      const rows = await listSubscriptions(store.db, { limitRows: limitRows + 1, after });
      const page = rows.slice(0, limitRows);
      const last = rows.length > limitRows ? page.at(-1) : undefined;
      const next = last === undefined ? null : textCursorTo(last.id);
      response.json({ subscriptions: await withCircuits(store.db, page.map(presentSubscription)), next });
    })
    .post(async (request, response) => {
      expectNoQuery(request);
      const { name, url, filter: wanted } = parseBody(newSubscription, request.body);
      const secret = newWebhookSecret();
      const encryptedSecret = secretBox.encrypt(secret);
      const made = await createSubscription(store.db, {
        name,
        url,
        filter: toFilter(wanted),
        encryptedSecret,
      });
      if (made === null)
        throw new Problem(409, `a subscription is called "${name}" already: take another name`);
      response.status(201).json({ ...(await withCircuit(store.db, presentSubscription(made))), secret });
    })
    .all(onlyAllows('GET', 'POST'));

  router
    .route('/subscriptions/:id')
    .get(async (request, response) => {
      expectNoQuery(request);
      const subscription = found(await readSubscription(store.db, request.params.id));
      response.json(await withCircuit(store.db, presentSubscription(subscription)));
    })
    .delete(async (request, response) => {
      expectNoQuery(request);
      found(await setSubscriptionStatus(store.db, request.params.id, 'deleted', null));
      response.status(204).end();
    })
    .all(onlyAllows('GET', 'DELETE'));

  router
    .route('/subscriptions/:id/resume')
    .post(async (request, response) => {
      expectNoQuery(request);
      const resumed = await setSubscriptionStatus(store.db, request.params.id, 'active', null);
      response.json(await withCircuit(store.db, presentSubscription(found(resumed))));
    })
    .all(onlyAllows('POST'));

  return router;
}

function found(subscription: Subscription | null): Subscription {
  if (subscription !== null) return subscription;
  throw new Problem(404, 'no subscription has this id: GET /api/v1/subscriptions lists them');
}

/** Leaves out what was not sent. */
function toFilter(sent: z.output<typeof filter>): SubscriptionFilter {
  const { sources, models, operations, priorities, fields } = sent;
  return {
    ...(sources === undefined ? {} : { sources }),
    ...(models === undefined ? {} : { models }),
    ...(operations === undefined ? {} : { operations }),
    ...(priorities === undefined ? {} : { priorities }),
    ...(fields === undefined ? {} : { fields }),
  };
}

function presentSubscription(subscription: Subscription) {
  return {
    id: subscription.id,
    name: subscription.name,
    filter: subscription.filter,
    channel: subscription.channel,
    url: subscription.url,
    status: subscription.status,
    status_reason: subscription.statusReason,
    created_at: timeOf(subscription.createdAtMs),
    updated_at: timeOf(subscription.updatedAtMs),
  };
}
