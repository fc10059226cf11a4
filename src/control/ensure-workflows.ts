// Makes sure that the workflows that run for ever do run. Safe to repeat, from as many processes as there are.
import type { Client } from '@temporalio/client';
import { reloadSignal } from '../contracts/messages';
import { DISPATCH_WORKFLOW_ID, pullWorkflowId, TASK_QUEUE, WORKFLOW_TYPES } from '../contracts/names';
import type { DispatchInput, PullInput } from '../contracts/workflows';

/** The net under the signals to the dispatcher. */
const DISPATCH_TICK_MS = 5_000;

export interface WorkflowsToRun {
  /** Sources to pull from, by name; the workflow id of the first configured source carries no name. */
  readonly sources: readonly { readonly name: string; readonly isFirst: boolean }[];
}

/** @param reload true when a process has started: the configuration may have changed */
export async function ensureWorkflows(
  client: Client,
  wanted: WorkflowsToRun,
  reload: boolean,
): Promise<void> {
  const dispatch: DispatchInput = { tickMs: DISPATCH_TICK_MS };
  await client.workflow.start(WORKFLOW_TYPES.dispatch, {
    workflowId: DISPATCH_WORKFLOW_ID,
    taskQueue: TASK_QUEUE,
    args: [dispatch],
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: 'starts a workflow for every pending event',
  });
  for (const { name, isFirst } of wanted.sources) {
    const input: PullInput = { source: name };
    const options = {
      workflowId: pullWorkflowId(name, isFirst),
      taskQueue: TASK_QUEUE,
      args: [input],
      workflowIdConflictPolicy: 'USE_EXISTING' as const,
      staticSummary: `pulls from ${name}`,
    };
    if (reload)
      await client.workflow.signalWithStart(WORKFLOW_TYPES.pull, { ...options, signal: reloadSignal });
    else await client.workflow.start(WORKFLOW_TYPES.pull, options);
  }
}
