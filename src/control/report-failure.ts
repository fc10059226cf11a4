// Tells a pull workflow of a failure that only the server would know of while the activity is retried.
import type { Client } from '@temporalio/client';
import { pullFailedSignal } from '../contracts/messages';
import type { SyncFailure } from '../domain/sync';

export function reportPullFailure(
  client: Client,
): (workflowId: string, failure: SyncFailure) => Promise<void> {
  return (workflowId, failure) => client.workflow.getHandle(workflowId).signal(pullFailedSignal, failure);
}
