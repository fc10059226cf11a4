// The two ways of one delivery to its subscriber: a first try in the run's own task, and the schedule behind it.
// Decides nothing about what follows an answer.
import { isCancellation, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type {
  DeliverAnswer,
  DeliveryActivities,
  DeliveryToMake,
  FirstTryActivities,
  RunRef,
} from '../contracts/activities';
import { DELIVERY_TASK_QUEUE } from '../contracts/names';
import { BY_THE_SCHEDULE, ONE_QUICK_TRY } from '../contracts/retry-policies';

/** Half the cost and the latency of a normal activity; the HTTP call in it ends before 2 s. */
const quick = proxyLocalActivities<FirstTryActivities>({
  startToCloseTimeout: '3s',
  retry: ONE_QUICK_TRY,
});
/** Hours of retries add nothing to the history. A subscriber has 15 s for its answer. */
const patient = proxyActivities<DeliveryActivities>({
  taskQueue: DELIVERY_TASK_QUEUE,
  startToCloseTimeout: '60s',
  heartbeatTimeout: '10s',
  retry: BY_THE_SCHEDULE,
});

/** Null when something else than the subscriber failed; the schedule takes over, visibly. */
export async function tryFirst(run: RunRef, { id }: DeliveryToMake): Promise<DeliverAnswer | null> {
  try {
    return await quick.deliverQuickly({ ...run, id });
  } catch (error) {
    // By no other class; see first-locally.
    if (isCancellation(error)) throw error;
    return null;
  }
}

export function bySchedule(run: RunRef, { id, subscription }: DeliveryToMake): Promise<DeliverAnswer> {
  const summary = `deliver to ${subscription}`;
  return patient.deliver.executeWithOptions({ summary }, [{ ...run, id }]);
}
