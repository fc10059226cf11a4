// What the histories of a namespace tell: which process ran each workflow task, and which tasks failed.
import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';

const { WorkflowTaskFailedCause } = temporal.api.enums.v1;

export interface ToldRun {
  readonly workflowId: string;
  readonly runId: string;
  readonly type: string;
  readonly isOpen: boolean;
  /** Of the workers that ran its tasks, in this order; one that goes on is named once. */
  readonly pids: readonly number[];
  /** Why tasks failed. */
  readonly failures: readonly string[];
}

export async function readRuns(client: Client, query?: string): Promise<readonly ToldRun[]> {
  const runs: ToldRun[] = [];
  for await (const { workflowId, runId, type, status } of client.workflow.list(
    query === undefined ? {} : { query },
  )) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const pids: number[] = [];
    const failures: string[] = [];
    for (const {
      workflowTaskCompletedEventAttributes: done,
      workflowTaskFailedEventAttributes: failed,
    } of events ?? []) {
      // The SDK's name for a worker: pid@host.
      const pid = Number.parseInt(done?.identity ?? '', 10);
      if (done && pids.at(-1) !== pid) pids.push(pid);
      // A signal came while the run was about to end: the server has the task done again, and it is no failure.
      if (failed && failed.cause !== WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND)
        failures.push(
          `${type} ${workflowId}: ${WorkflowTaskFailedCause[failed.cause ?? 0]} ${failed.failure?.message ?? ''}`,
        );
    }
    runs.push({ workflowId, runId, type, isOpen: status.name === 'RUNNING', pids, failures });
  }
  return runs;
}
