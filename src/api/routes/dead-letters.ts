// Dead letters by what failed and where: one look says what is to be mended. Never changes any.
import { Router } from 'express';
import { z } from 'zod';
import { nextStepFor } from '../../domain/delivery-failure';
import { readTotals } from '../../store/counters';
import { deadLetterGroups, type DeadLetterGroup } from '../../store/dead-letters';
import type { ApiDependencies } from '../dependencies';
import { onlyAllows } from '../errors';
import { text, time } from '../fields';
import { parseQuery } from '../parse';
import { timeOf } from '../present';

const groupsQuery = z.strictObject({
  source: text.optional(),
  model: text.optional(),
  since: time.optional(),
  until: time.optional(),
});

export function deadLetterRoutes({ store }: ApiDependencies): Router {
  const router = Router();

  router
    .route('/dead-letters')
    .get(async (request, response) => {
      const { since: sinceMs, until: untilMs, ...rest } = parseQuery(groupsQuery, request);
      const [groups, totals] = await Promise.all([
        deadLetterGroups(store.db, { ...rest, sinceMs, untilMs }),
        readTotals(store.db),
      ]);
      response.json({ groups: groups.map(presentGroup), total: totals.states.dead_letter });
    })
    .all(onlyAllows('GET'));

  return router;
}

function presentGroup(group: DeadLetterGroup) {
  const { subscription } = group;
  return {
    error_class: group.errorClass,
    subscription: subscription?.id ?? null,
    subscription_name: subscription?.name ?? null,
    destination: subscription === null ? null : hostOf(subscription.url),
    events: group.events,
    oldest_at: timeOf(group.oldestAtMs),
    newest_at: timeOf(group.newestAtMs),
    message: group.message,
    hint: nextStepFor(group.errorClass),
    sample_keys: group.sampleKeys,
  };
}

/** An address may hold a token in its path or query. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
