// Subscriptions: who wants which events, and where they go. A secret is shown once, when it is made.
import { Router } from 'express';
import { z } from 'zod';
import { newWebhookSecret } from '../../channels/webhook/signature';
import { subscriptionFilter } from '../../domain/subscription';
import { changeSubscription } from '../../store/subscription-changes';
import {
  createSubscription,
  listSubscriptions,
  readSubscription,
  setSubscriptionStatus,
  type Subscription,
} from '../../store/subscriptions';
import type { ApiDependencies } from '../dependencies';
import { onlyAllows } from '../errors';
import { limit, oneOf, pageOf, textCursor, textCursorTo } from '../fields';
import { nudge } from '../nudge';
import { expectNoQuery, parseBody, parseQuery } from '../parse';
import { Problem } from '../problem';
import { subscriptionFields, toWays } from '../subscription-fields';
import { subscriptionView, subscriptionViews } from '../subscription-view';

const listQuery = z.strictObject({ limit, cursor: textCursor.optional() });

export function subscriptionRoutes(dependencies: ApiDependencies): Router {
  const { store, secretBox, runs, log } = dependencies;
  const fields = subscriptionFields({
    sources: dependencies.sources.map(({ name }) => name),
    refuses: (address) => dependencies.webhooks.refuses(address),
  });
  const newSubscription = z.strictObject({ ...fields, channel: oneOf(['webhook']).default('webhook') });
  const change = z.strictObject(fields).partial();
  const router = Router();

  router
    .route('/subscriptions')
    .get(async (request, response) => {
      const { limit: limitRows, cursor: after = null } = parseQuery(listQuery, request);
      const rows = await listSubscriptions(store.db, { limitRows: limitRows + 1, after });
      const { page, next } = pageOf(rows, limitRows, ({ id }) => textCursorTo(id));
      response.json({ subscriptions: await subscriptionViews(store.db, page), next });
    })
    .post(async (request, response) => {
      expectNoQuery(request);
      const { name, url, filter, ...ways } = parseBody(newSubscription, request.body);
      const secret = newWebhookSecret();
      const made = await createSubscription(store.db, {
        name,
        url,
        filter: subscriptionFilter(filter),
        encryptedSecret: secretBox.encrypt(secret),
        ...toWays(ways),
      });
      if (made === null) throw nameTaken(name);
      response.status(201).json({ ...(await subscriptionView(store.db, made)), secret });
    })
    .all(onlyAllows('GET', 'POST'));

  router
    .route('/subscriptions/:id')
    .get(async (request, response) => {
      expectNoQuery(request);
      const subscription = found(await readSubscription(store.db, request.params.id));
      response.json(await subscriptionView(store.db, subscription));
    })
    .patch(async (request, response) => {
      expectNoQuery(request);
      const sent = parseBody(change, request.body);
      if (Object.keys(sent).length === 0) throw new Problem(400, NOTHING_TO_CHANGE);
      const { name, url, filter, ...ways } = sent;
      const { id } = notSeeded(found(await readSubscription(store.db, request.params.id)));
      const changed = await changeSubscription(store.db, id, {
        ...(name === undefined ? {} : { name }),
        ...(url === undefined ? {} : { url }),
        ...(filter === undefined ? {} : { filter: subscriptionFilter(filter) }),
        ...toWays(ways),
      });
      if (changed === 'name-taken') throw nameTaken(name ?? '');
      if (url !== undefined) nudge({ db: store.db, runs, log }, { id });
      response.json(await subscriptionView(store.db, found(changed)));
    })
    .delete(async (request, response) => {
      expectNoQuery(request);
      const { id } = notSeeded(found(await readSubscription(store.db, request.params.id)));
      found(await setSubscriptionStatus(store.db, id, 'deleted', null));
      nudge({ db: store.db, runs, log }, { id });
      response.status(204).end();
    })
    .all(onlyAllows('GET', 'PATCH', 'DELETE'));

  return router;
}

const NOTHING_TO_CHANGE = 'send what is to change: name, filter, url, ordered, coalesce or rate_per_second';

function nameTaken(name: string): Problem {
  return new Problem(409, `a subscription is called "${name}" already: take another name`);
}

export function found(subscription: Subscription | null): Subscription {
  if (subscription !== null) return subscription;
  throw new Problem(404, 'no subscription has this id: GET /api/v1/subscriptions lists them');
}

/** The configuration would have the last word at the next start. */
function notSeeded(subscription: Subscription): Subscription {
  if (!subscription.seeded) return subscription;
  const where = `"${subscription.name}" stands in jisr.yaml under \`subscriptions\``;
  throw new Problem(409, `${where}: change it there, or take it out, and start Jisr again`);
}
