// The yardstick's workflow: it does nothing but say that it ran.
import { proxySinks, workflowInfo, type Sinks } from '@temporalio/workflow';

export interface EmptySinks extends Sinks {
  readonly empty: { done(workflowId: string): void };
}

const { empty } = proxySinks<EmptySinks>();

export function EmptyWorkflow(): Promise<void> {
  empty.done(workflowInfo().workflowId);
  return Promise.resolve();
}
