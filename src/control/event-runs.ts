// Starts and finds the runs of events on the Temporal server.
// Never looks at the inbox: whether an event is done, its row says.
import { setTimeout as sleep } from 'node:timers/promises';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionStatusName,
  type WorkflowStartOptions,
} from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import type {
  EventRuns,
  EventSignal,
  EventToStart,
  RunFate,
  StartHow,
  StartOutcome,
} from '../contracts/event-runs';
import { discardSignal, eventQuery, retrySignal } from '../contracts/messages';
import { TASK_QUEUE, WORKFLOW_TYPES } from '../contracts/names';
import { eventSearchAttributes } from '../contracts/search-attributes';
import type { EventToProcess } from '../contracts/workflows';
import { rankOf } from '../domain/priority';
import { ask } from './ask';

const PARKED_LOOK_MS = 100;
/** A start, a look and a second start fit into a lease of 10 s. */
const CALL_WITHIN_MS = 3_000;

export function createEventRuns(client: Client): EventRuns {
  const { workflow } = client;

  /** Nobody starts a run when the lease is over by which the row was claimed: others may have done it. */
  const inTime = <T>(call: () => Promise<T>) =>
    client.connection.withDeadline(Date.now() + CALL_WITHIN_MS, call);

  async function fateOf(workflowId: string): Promise<RunFate> {
    try {
      const { status } = await inTime(() => workflow.getHandle(workflowId).describe());
      return FATES[status.name];
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return 'unknown';
      throw error;
    }
  }

  async function start(event: EventToStart, { again, eager }: StartHow): Promise<StartOutcome> {
    const { key, source, model, recordId, operation, priority } = event;
    const input: EventToProcess = { key, source, model, recordId, operation, priority };
    try {
      const options = {
        workflowId: key,
        taskQueue: TASK_QUEUE,
        args: [input],
        workflowIdReusePolicy: again ? 'ALLOW_DUPLICATE' : 'ALLOW_DUPLICATE_FAILED_ONLY',
        workflowIdConflictPolicy: 'FAIL',
        ...(eager ? { requestEagerStart: true } : {}),
        staticSummary: `${operation} ${model} ${recordId} from ${source}`,
        typedSearchAttributes: new TypedSearchAttributes(eventSearchAttributes(event, 'processing')),
        priority: { priorityKey: rankOf(priority), fairnessKey: source },
      } satisfies WorkflowStartOptions;
      await inTime(() => workflow.start(WORKFLOW_TYPES.processEvent, options));
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

  async function signal(workflowId: string, act: EventSignal): Promise<boolean> {
    const handle = workflow.getHandle(workflowId);
    return ask(client, async () => {
      try {
        if ((await handle.describe()).status.name !== 'RUNNING') return false;
        // Its row is a dead letter a moment before the run knows, which takes signals only then.
        while ((await handle.query(eventQuery)).status !== 'dead_letter') await sleep(PARKED_LOOK_MS);
        if (act.kind === 'retry') await handle.signal(retrySignal);
        else await handle.signal(discardSignal, act.reason === null ? {} : { reason: act.reason });
        return true;
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      }
    });
  }

  return { start, signal, fateOf, closedSince };
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
