// Many events in one workflow, while there are too many for one each. Their rows in the inbox, not this run, say how
// far each is, so it may be reset, repeated or lost at any point.
import { proxyActivities, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { BatchActivities, BatchAnswer } from '../contracts/activities';
import { BATCH_TASK_QUEUE } from '../contracts/names';
import { UNTIL_THE_STORE_ANSWERS } from '../contracts/retry-policies';
import { EVENT_STATUS } from '../contracts/search-attributes';
import type { BatchToProcess } from '../contracts/workflows';
import { odoo } from './odoo-activities';

/** Two hundred events at 2 s each, were every one to time out, one after another. */
const { processBatch } = proxyActivities<BatchActivities>({
  taskQueue: BATCH_TASK_QUEUE,
  startToCloseTimeout: '10m',
  heartbeatTimeout: '10s',
  retry: UNTIL_THE_STORE_ANSWERS,
});

/** Answers how many events are done, and how many left it for a workflow of their own. */
export async function ProcessBatchWorkflow(
  batch: BatchToProcess,
): Promise<Pick<BatchAnswer, 'done' | 'handedOver'>> {
  const { workflowId, runId } = workflowInfo();
  const { done, handedOver, acknowledge: ids } = await processBatch({ ...batch, workflowId, runId });
  if (ids.length > 0) await odoo.acknowledge({ source: batch.source, ids });
  if (done > 0) upsertSearchAttributes([{ key: EVENT_STATUS, value: 'processed' }]);
  return { done, handedOver };
}
