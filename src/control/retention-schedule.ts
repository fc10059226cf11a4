// The schedule that drops what is old. Made or changed at every start, so the configuration has the last word; whether
// somebody paused it in the Web UI stays.
import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleOptions,
} from '@temporalio/client';
import { RETENTION_ID, TASK_QUEUE, WORKFLOW_TYPES } from '../contracts/names';
import type { RetentionInput } from '../contracts/workflows';

/** @param payloadDays 0: nothing is ever dropped, and there is no schedule */
export async function ensureRetention(client: Client, payloadDays: number): Promise<void> {
  const handle = client.schedule.getHandle(RETENTION_ID);
  if (payloadDays === 0) {
    await handle.delete().catch(unlessNotFound);
    return;
  }
  const wanted = scheduleOf(payloadDays);
  try {
    await handle.update(({ state }) => ({ ...wanted, state }));
  } catch (error) {
    unlessNotFound(error);
    try {
      await client.schedule.create(wanted);
    } catch (raced) {
      // Another process made it in the same moment, from the same configuration.
      if (!(raced instanceof ScheduleAlreadyRunning)) throw raced;
    }
  }
}

/** Makes it again when Temporal's store was lost; else it stays as it is. */
export async function reviveRetention(client: Client, payloadDays: number): Promise<void> {
  if (payloadDays === 0) return;
  try {
    await client.schedule.getHandle(RETENTION_ID).describe();
  } catch (error) {
    unlessNotFound(error);
    await ensureRetention(client, payloadDays);
  }
}

function scheduleOf(payloadDays: number) {
  const input: RetentionInput = { payloadDays };
  return {
    scheduleId: RETENTION_ID,
    // In the night, in UTC.
    spec: { calendars: [{ hour: 2, minute: 30, comment: 'every night' }], jitter: '30m' },
    action: {
      type: 'startWorkflow',
      workflowType: WORKFLOW_TYPES.retention,
      workflowId: RETENTION_ID,
      taskQueue: TASK_QUEUE,
      args: [input],
      staticSummary: `drops payloads of events older than ${payloadDays} days`,
    },
    // A long one goes on; a night that was missed is made up for within a day.
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 day' },
  } satisfies ScheduleOptions;
}

function unlessNotFound(error: unknown): void {
  if (!(error instanceof ScheduleNotFoundError)) throw error;
}
