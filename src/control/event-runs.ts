// Starts and finds the runs of events on the Temporal server.
// Never looks at the inbox: whether an event is done, its row says.
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionStatusName,
} from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import type { EventRuns, EventToStart, RunFate, StartOutcome } from '../contracts/event-runs';
import { TASK_QUEUE, WORKFLOW_TYPES } from '../contracts/names';
import { eventSearchAttributes } from '../contracts/search-attributes';
import type { EventToProcess } from '../contracts/workflows';
import { rankOf } from '../domain/priority';

export function createEventRuns(client: Client): EventRuns {
  const { workflow } = client;

  async function fateOf(workflowId: string): Promise<RunFate> {
    try {
      const { status } = await workflow.getHandle(workflowId).describe();
      return FATES[status.name];
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return 'unknown';
      throw error;
    }
  }

  async function start(event: EventToStart, again: boolean): Promise<StartOutcome> {
    const { key, source, model, recordId, operation, priority } = event;
    const input: EventToProcess = { key, source, model, recordId, operation, priority };
    try {
      await workflow.start(WORKFLOW_TYPES.processEvent, {
        workflowId: key,
        taskQueue: TASK_QUEUE,
        args: [input],
        workflowIdReusePolicy: again ? 'ALLOW_DUPLICATE' : 'ALLOW_DUPLICATE_FAILED_ONLY',
        workflowIdConflictPolicy: 'FAIL',
        staticSummary: `${operation} ${model} ${recordId} from ${source}`,
        typedSearchAttributes: new TypedSearchAttributes(eventSearchAttributes(event, 'processing')),
        priority: { priorityKey: rankOf(priority), fairnessKey: source },
      });
      return 'started';
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      return (await fateOf(key)) === 'running' ? 'running' : 'closed';
    }
  }

  async function closedSince(sinceMs: number, limit: number): Promise<ReadonlySet<string>> {
    const query = [
      `WorkflowType = '${WORKFLOW_TYPES.processEvent}'`,
      `ExecutionStatus != 'Running'`,
      `CloseTime >= '${new Date(sinceMs).toISOString()}'`,
    ].join(' AND ');
    const ids = new Set<string>();
    for await (const { workflowId } of workflow.list({ query, pageSize: limit })) {
      ids.add(workflowId);
      if (ids.size >= limit) break;
    }
    return ids;
  }

  return { start, fateOf, closedSince };
}

const FATES: Readonly<Record<WorkflowExecutionStatusName, RunFate>> = {
  RUNNING: 'running',
  PAUSED: 'running',
  COMPLETED: 'completed',
  // An event's run never continues as new; should a later version do so, its newest run is asked.
  CONTINUED_AS_NEW: 'running',
  FAILED: 'broken',
  CANCELLED: 'broken',
  TERMINATED: 'broken',
  TIMED_OUT: 'broken',
  UNSPECIFIED: 'running',
  UNKNOWN: 'running',
};
