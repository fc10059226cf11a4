// One event on its way: take it in hand, close it. Its row in the inbox, not this run, says how far it is,
// so it may be reset, repeated or lost at any point.
import {
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { StorageActivities } from '../contracts/activities';
import { eventQuery } from '../contracts/messages';
import { ONE_QUICK_TRY, UNTIL_THE_STORE_ANSWERS } from '../contracts/retry-policies';
import { EVENT_STATUS } from '../contracts/search-attributes';
import type { EventToProcess } from '../contracts/workflows';
import type { EventState } from '../domain/event-state';
import { firstLocally } from './first-locally';

/** One workflow task for the whole fast path. */
const quick = proxyLocalActivities<StorageActivities>({
  startToCloseTimeout: '3s',
  retry: ONE_QUICK_TRY,
});
/** Trouble with the store shows in the Web UI as a pending activity. */
const patient = proxyActivities<StorageActivities>({
  startToCloseTimeout: '30s',
  retry: UNTIL_THE_STORE_ANSWERS,
});
const route = firstLocally(quick.route, patient.route);
const complete = firstLocally(quick.complete, patient.complete);

/** Answers the state the event is in when this run leaves it; null when the inbox does not know it. */
export async function ProcessEventWorkflow(event: EventToProcess): Promise<EventState | null> {
  const run = { key: event.key, runId: workflowInfo().runId };
  let status: EventState = 'pending';
  setHandler(eventQuery, () => ({ ...event, status }));

  const routed = await route(run);
  if (routed === null) return null;
  ({ status } = routed);
  if (routed.standing !== 'older' && status === 'processing') {
    await complete(run);
    status = 'processed';
  }
  upsertSearchAttributes([{ key: EVENT_STATUS, value: status }]);
  return status;
}
