// Events as the present clients read them: the newest with payload, what is new since a moment, and the numbers.
// Keeps their paths and fields. Never changes an event.
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { OPERATIONS, PRIORITIES } from '../../domain/event';
import { EVENT_STATES } from '../../domain/event-state';
import { readTotals } from '../../store/counters';
import { newsByModel, recentEvents } from '../../store/events/recent';
import { averageProcessingSeconds, deadLetterStats } from '../../store/events/statistics';
import { countByModel } from '../../store/sync-states';
import type { ApiDependencies } from '../dependencies';
import { onlyAllows } from '../errors';
import { oneOf, text } from '../fields';
import { number, time } from '../lenient';
import { parseQuery } from '../parse';
import { presentStatistics, presentRecent } from '../present-for-clients';
import { timeOf } from '../present';

const limit = number({ least: 1, most: 1_000 }).default(100);
const recentFields = {
  model: text.optional(),
  record_id: number({ least: 0, most: Number.MAX_SAFE_INTEGER }).optional(),
  event: oneOf(OPERATIONS).optional(),
  since: time.optional(),
  limit,
  offset: number({ least: 0, most: 10_000 }).default(0),
};
const recentQuery = z.object(recentFields);
const enhancedQuery = z.object({
  ...recentFields,
  priority: oneOf(PRIORITIES).optional(),
  category: text.optional(),
  status: oneOf(EVENT_STATES).optional(),
});
const newsQuery = z.object({ since: time.optional(), limit });

export function clientEventRoutes({ store: { db } }: ApiDependencies): Router {
  const router = Router();
  const answerRecent =
    (query: typeof recentQuery | typeof enhancedQuery) => async (request: Request, response: Response) => {
      const asked = parseQuery(query, request);
      const {
        record_id: recordId,
        event: operation,
        since: sinceMs,
        limit: limitRows,
        offset,
        ...same
      } = asked;
      const filter = { ...same, recordId, operation, sinceMs };
      const found = await recentEvents(db, filter, { limitRows, offset });
      response.json({ status: 'success', count: found.length, data: found.map(presentRecent) });
    };

  router.route('/webhooks/events').get(answerRecent(recentQuery)).all(onlyAllows('GET'));
  router.route('/webhooks/events/enhanced').get(answerRecent(enhancedQuery)).all(onlyAllows('GET'));

  router
    .route('/webhooks/check-updates')
    .get(async (request, response) => {
      const { since, limit: limitRows } = parseQuery(newsQuery, request);
      const news = await newsByModel(db, since, limitRows);
      const times = news.map(({ lastReceivedAtMs }) => lastReceivedAtMs);
      response.json({
        has_update: news.length > 0,
        last_update_at: news.length === 0 ? null : timeOf(Math.max(...times)),
        summary: news.map(({ model, count }) => ({ model, count })),
      });
    })
    .all(onlyAllows('GET'));

  router
    .route('/webhooks/statistics')
    .get(async (_request, response) => {
      const [totals, byModel, seconds] = await Promise.all([
        readTotals(db),
        countByModel(db),
        averageProcessingSeconds(db),
      ]);
      response.json(presentStatistics(totals, byModel, seconds));
    })
    .all(onlyAllows('GET'));

  router
    .route('/webhooks/dead-letter/stats')
    .get(async (_request, response) => {
      const [totals, { byModel, oldestMs, newestMs }] = await Promise.all([
        readTotals(db),
        deadLetterStats(db),
      ]);
      response.json({
        total_events: totals.states.dead_letter,
        by_model: byModel,
        oldest_event: timeOf(oldestMs),
        newest_event: timeOf(newestMs),
      });
    })
    .all(onlyAllows('GET'));

  return router;
}
