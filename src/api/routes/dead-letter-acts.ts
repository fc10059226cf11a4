// Retries or discards many dead letters at once: those that a filter names.
import { Router } from 'express';
import type { BulkAct } from '../../domain/replay';
import { answerBulkAct, type AskedAct } from '../bulk-acts';
import type { ApiDependencies } from '../dependencies';
import { onlyAllows } from '../errors';
import { parseBody } from '../parse';
import { deadLetterActBody, filterOf } from '../replay-fields';

export function deadLetterActRoutes(dependencies: ApiDependencies): Router {
  const router = Router();

  router
    .route('/dead-letters/retry')
    .post((request, response) =>
      answerBulkAct(dependencies, request, response, (body) => asked('retry', body)),
    )
    .all(onlyAllows('POST'));

  router
    .route('/dead-letters/discard')
    .post((request, response) =>
      answerBulkAct(dependencies, request, response, (body) => asked('discard', body)),
    )
    .all(onlyAllows('POST'));

  return router;
}

function asked(act: BulkAct, body: unknown): AskedAct {
  const { filter, rate_per_second, reason, dry_run } = parseBody(deadLetterActBody, body);
  const { subscription, ...events } = filter;
  return {
    act,
    scope: 'failed',
    filter: filterOf(events),
    subscription,
    ratePerSecond: rate_per_second,
    reason,
    isDryRun: dry_run,
  };
}
