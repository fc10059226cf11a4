// Starts the runs of bulk acts and wakes them. Never decides how far one is: its row does.
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionStatusName,
} from '@temporalio/client';
import { TypedSearchAttributes, type SearchAttributePair } from '@temporalio/common';
import { replayChangedSignal } from '../contracts/messages';
import { replayWorkflowId, TASK_QUEUE, WORKFLOW_TYPES } from '../contracts/names';
import type { ReplayRunFate, ReplayRuns, ReplayToStart } from '../contracts/replay-runs';
import { ODOO_MODEL, ODOO_SOURCE } from '../contracts/search-attributes';
import { ask } from './ask';

export function createReplayRuns(client: Client): ReplayRuns {
  const handle = (id: string) => client.workflow.getHandle(replayWorkflowId(id));
  return {
    start: (replay) =>
      ask(client, async () => {
        try {
          await client.workflow.start(WORKFLOW_TYPES.replay, {
            workflowId: replayWorkflowId(replay.id),
            taskQueue: TASK_QUEUE,
            args: [{ id: replay.id }],
            // Whoever asks has seen in the row that it is not over.
            workflowIdReusePolicy: 'ALLOW_DUPLICATE',
            workflowIdConflictPolicy: 'USE_EXISTING',
            // Behind the runs of events.
            priority: { priorityKey: 5 },
            staticSummary: summaryOf(replay),
            staticDetails: detailsOf(replay),
            typedSearchAttributes: new TypedSearchAttributes(attributesOf(replay)),
          });
        } catch (error) {
          if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        }
      }),
    wake: (id) =>
      ask(client, async () => {
        await handle(id).signal(replayChangedSignal);
      }),
    fateOf: (id) =>
      ask(client, async () => {
        try {
          return FATES[(await handle(id).describe()).status.name];
        } catch (error) {
          if (error instanceof WorkflowNotFoundError) return 'gone';
          throw error;
        }
      }),
  };
}

/** The Web UI shows 400 bytes of it. */
const SUMMARY_CHARACTERS = 100;

function summaryOf({ act, planned, actor, reason }: ReplayToStart): string {
  const what = act === 'replay' ? `replay of ${planned} events` : `${act} of ${planned} dead letters`;
  return `${what} by ${actor ?? 'nobody named'}: ${reason}`.slice(0, SUMMARY_CHARACTERS);
}

function detailsOf({ scope, subscription, filter, ratePerSecond, actor, reason }: ReplayToStart): string {
  return [
    `- by: ${actor ?? 'nobody named'}`,
    `- why: ${reason}`,
    `- which events: \`${JSON.stringify(filter).slice(0, 2_000)}\``,
    `- deliveries: ${scope === 'failed' ? 'those that are dead' : 'all'}${subscription === null ? '' : `, to ${subscription}`}`,
    `- at most ${ratePerSecond} events a second`,
  ].join('\n');
}

/** What all its events share, as far as its filter says so. */
function attributesOf({ filter }: ReplayToStart): SearchAttributePair[] {
  const { source, model } = filter;
  return [
    ...(source === undefined ? [] : [{ key: ODOO_SOURCE, value: source }]),
    ...(model === undefined || model.includes('*') ? [] : [{ key: ODOO_MODEL, value: model }]),
  ];
}

const FATES: Readonly<Record<WorkflowExecutionStatusName, ReplayRunFate>> = {
  RUNNING: 'running',
  PAUSED: 'running',
  CONTINUED_AS_NEW: 'running',
  UNSPECIFIED: 'running',
  UNKNOWN: 'running',
  // The row says that it is not over: it goes on.
  COMPLETED: 'gone',
  FAILED: 'gone',
  TIMED_OUT: 'gone',
  // By a person, in the Web UI.
  TERMINATED: 'ended-by-hand',
  CANCELLED: 'ended-by-hand',
};
