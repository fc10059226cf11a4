// What a person does with one subscription: pause, resume, change its secret, try it out.
import { Router } from 'express';
import { z } from 'zod';
import { newWebhookSecret } from '../../channels/webhook/signature';
import { resumeSubscription, rotateSecret } from '../../store/subscription-changes';
import { readSubscription, setSubscriptionStatus } from '../../store/subscriptions';
import type { ApiDependencies } from '../dependencies';
import { onlyAllows } from '../errors';
import { reason } from '../fields';
import { nudge } from '../nudge';
import { expectNoQuery, parseBody } from '../parse';
import { subscriptionView } from '../subscription-view';
import { sendTestWebhook } from '../webhook-test';
import { found } from './subscriptions';

const noBody = z.strictObject({});
const pauseBody = z.strictObject({ reason });

export function subscriptionActRoutes(dependencies: ApiDependencies): Router {
  const { store, secretBox, runs, log, nowMs } = dependencies;
  const router = Router();

  router
    .route('/subscriptions/:id/pause')
    .post(async (request, response) => {
      expectNoQuery(request);
      const { reason: why = null } = parseBody(pauseBody, request.body);
      const paused = await setSubscriptionStatus(store.db, request.params.id, 'paused', why);
      response.json(await subscriptionView(store.db, found(paused)));
    })
    .all(onlyAllows('POST'));

  router
    .route('/subscriptions/:id/resume')
    .post(async (request, response) => {
      expectNoQuery(request);
      parseBody(noBody, request.body);
      const resumed = found(await resumeSubscription(store.db, request.params.id));
      nudge({ db: store.db, runs, log }, resumed);
      response.json(await subscriptionView(store.db, resumed));
    })
    .all(onlyAllows('POST'));

  router
    .route('/subscriptions/:id/rotate-secret')
    .post(async (request, response) => {
      expectNoQuery(request);
      parseBody(noBody, request.body);
      const secret = newWebhookSecret();
      const rotated = await rotateSecret(store.db, request.params.id, secretBox.encrypt(secret));
      response.json({ ...(await subscriptionView(store.db, found(rotated))), secret });
    })
    .all(onlyAllows('POST'));

  router
    .route('/subscriptions/:id/test')
    .post(async (request, response) => {
      expectNoQuery(request);
      parseBody(noBody, request.body);
      const subscription = found(await readSubscription(store.db, request.params.id));
      const { sender } = dependencies.webhooks;
      response.json(await sendTestWebhook({ sender, secretBox, nowMs }, subscription));
    })
    .all(onlyAllows('POST'));

  return router;
}
