// Ids, types and task queues by which Jisr's parts find each other on the Temporal server.

/** Workflows, and activities that use the store or start workflows. */
export const TASK_QUEUE = 'jisr';
/** Activities that talk to Odoo: a slow Odoo takes no place from the others. */
export const ODOO_TASK_QUEUE = 'jisr-odoo';

/** Activities that wait for subscribers: a slow one takes no place from the others. */
export const DELIVERY_TASK_QUEUE = 'jisr-deliveries';

/** Batches: they take no place from events that have a workflow of their own. */
export const BATCH_TASK_QUEUE = 'jisr-batches';

export const DISPATCH_WORKFLOW_ID = 'event-dispatch';

/** Being one workflow id, it is the lock against two syncs of one source. */
export function pullWorkflowId(source: string, isFirst: boolean): string {
  return isFirst ? 'odoo-pull' : `odoo-pull/${source}`;
}

export const BATCH_PREFIX = 'batch/';

/** No event's key begins so. */
export function batchWorkflowId(firstKey: string, atMs: number): string {
  return `${BATCH_PREFIX}${firstKey}-${atMs}`;
}

export function isBatch(workflowId: string): boolean {
  return workflowId.startsWith(BATCH_PREFIX);
}

/** No event's key begins so. */
export function replayWorkflowId(id: string): string {
  return `replay/${id}`;
}

/** The schedule, and how the names of the runs begin that it starts. */
export const RETENTION_ID = 'retention';

export const WORKFLOW_TYPES = {
  pull: 'OdooPullWorkflow',
  dispatch: 'DispatchWorkflow',
  processEvent: 'ProcessEventWorkflow',
  processBatch: 'ProcessBatchWorkflow',
  replay: 'ReplayWorkflow',
  retention: 'RetentionWorkflow',
} as const;
