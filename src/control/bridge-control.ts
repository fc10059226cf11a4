// What people may ask of the running workflows: look, pause, resume, pull, configure.
// The only way from the API to Temporal; never touches the store.
import type { Client } from '@temporalio/client';
import {
  configureUpdate,
  dispatchStatusQuery,
  eventsAcceptedSignal,
  pauseSignal,
  pullNowSignal,
  pullStatusQuery,
  resumeSignal,
  type ConfigureInput,
  type DispatchStatus,
  type PullStatus,
} from '../contracts/messages';
import { DISPATCH_WORKFLOW_ID, pullWorkflowId } from '../contracts/names';
import { ask as askTemporal } from './ask';

/** A source as the workflows know it. */
export interface SourceRef {
  readonly name: string;
  readonly isFirst: boolean;
}

export interface BridgeControl {
  pullStatus(source: SourceRef): Promise<PullStatus>;
  pauseSource(source: SourceRef, reason: string | null): Promise<void>;
  resumeSource(source: SourceRef): Promise<void>;
  pullNow(source: SourceRef): Promise<void>;
  configureSource(source: SourceRef, change: ConfigureInput): Promise<void>;
  dispatchStatus(): Promise<DispatchStatus>;
  /** It reads in the store whether processing is paused. */
  wakeDispatcher(): Promise<void>;
}

export function createBridgeControl(client: Client): BridgeControl {
  const pull = (source: SourceRef) => client.workflow.getHandle(pullWorkflowId(source.name, source.isFirst));
  const dispatch = () => client.workflow.getHandle(DISPATCH_WORKFLOW_ID);

  const ask = <T>(what: () => Promise<T>) => askTemporal(client, what);

  return {
    pullStatus: (source) => ask(() => pull(source).query(pullStatusQuery)),
    pauseSource: (source, reason) => ask(() => pull(source).signal(pauseSignal, note(reason))),
    resumeSource: (source) => ask(() => pull(source).signal(resumeSignal)),
    pullNow: (source) => ask(() => pull(source).signal(pullNowSignal)),
    configureSource: (source, change) =>
      ask(async () => {
        await pull(source).executeUpdate(configureUpdate, { args: [change] });
      }),
    dispatchStatus: () => ask(() => dispatch().query(dispatchStatusQuery)),
    wakeDispatcher: () => ask(() => dispatch().signal(eventsAcceptedSignal)),
  };
}

function note(reason: string | null) {
  return reason === null ? {} : { reason };
}
