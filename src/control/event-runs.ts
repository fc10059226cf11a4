// Starts and finds the runs of events on the Temporal server.
// Never looks at the inbox: whether an event is done, its row says.
import { setTimeout as sleep } from 'node:timers/promises';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  isGrpcServiceError,
  type Client,
  type WorkflowExecutionStatusName,
  type WorkflowStartOptions,
} from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import {
  BatchTooLarge,
  type BatchToStart,
  type EventRuns,
  type EventSignal,
  type EventToStart,
  type RunFate,
  type StartHow,
  type StartOutcome,
} from '../contracts/event-runs';
import { deliverNowSignal, discardSignal, eventQuery, retrySignal } from '../contracts/messages';
import { isBatch, TASK_QUEUE, WORKFLOW_TYPES } from '../contracts/names';
import { eventSearchAttributes } from '../contracts/search-attributes';
import type { BatchRecord, BatchToProcess, EventToProcess } from '../contracts/workflows';
import { rankOf } from '../domain/priority';
import { ask } from './ask';

const PARKED_LOOK_MS = 100;
/** A gRPC status. */
const INVALID_ARGUMENT = 3;
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
        typedSearchAttributes: new TypedSearchAttributes(eventSearchAttributes([event], 'processing')),
        priority: { priorityKey: rankOf(priority), fairnessKey: source },
      } satisfies WorkflowStartOptions;
      await inTime(() => workflow.start(WORKFLOW_TYPES.processEvent, options));
      return 'started';
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      return (await fateOf(key)) === 'running' ? 'running' : 'closed';
    }
  }

  async function startBatch({ workflowId, source, events }: BatchToStart): Promise<void> {
    const input: BatchToProcess = { source, records: byRecord(events) };
    const rank = Math.min(...events.map(({ priority }) => rankOf(priority)));
    const options = {
      workflowId,
      taskQueue: TASK_QUEUE,
      args: [input],
      // A second one with this id is the first, whose answer got lost.
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'USE_EXISTING',
      staticSummary: `${events.length} events of ${input.records.length} records from ${source}`,
      typedSearchAttributes: new TypedSearchAttributes(eventSearchAttributes(events, 'processing')),
      priority: { priorityKey: rank, fairnessKey: source },
    } satisfies WorkflowStartOptions;
    try {
      await inTime(() => workflow.start(WORKFLOW_TYPES.processBatch, options));
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return;
      throw isTooLarge(error) ? new BatchTooLarge(error) : error;
    }
  }

  async function closedSince(sinceMs: number, limit: number): Promise<ReadonlySet<string>> {
    const query = [
      `WorkflowType IN ('${WORKFLOW_TYPES.processEvent}', '${WORKFLOW_TYPES.processBatch}')`,
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
    // An event that needs a person has left its batch.
    if (isBatch(workflowId)) return false;
    const handle = workflow.getHandle(workflowId);
    return ask(client, async () => {
      try {
        if (act.kind === 'deliver-now') {
          await handle.signal(deliverNowSignal);
          return true;
        }
        if ((await handle.describe()).status.name !== 'RUNNING') return false;
        // Its row is a dead letter a moment before the run knows, which takes signals only then.
        while ((await handle.query(eventQuery)).status !== 'dead_letter') await sleep(PARKED_LOOK_MS);
        if (act.kind === 'retry') await handle.signal(retrySignal);
        else {
          const { reason, actor } = act;
          const note = { ...(reason === null ? {} : { reason }), ...(actor === null ? {} : { actor }) };
          await handle.signal(discardSignal, note);
        }
        return true;
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      }
    });
  }

  return { start, startBatch, signal, fateOf, closedSince };
}

function byRecord(events: readonly EventToStart[]): readonly BatchRecord[] {
  const records: { model: string; recordId: number; keys: string[] }[] = [];
  for (const { model, recordId, key } of events) {
    const last = records.at(-1);
    if (last?.model === model && last.recordId === recordId) last.keys.push(key);
    else records.push({ model, recordId, keys: [key] });
  }
  return records;
}

/** The same code also stands for attributes that a new namespace does not know yet. */
function isTooLarge(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : null;
  return [error, cause].some((one) => {
    if (!isGrpcServiceError(one)) return false;
    const code: number = one.code;
    return code === INVALID_ARGUMENT && one.message.includes('size limit');
  });
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
