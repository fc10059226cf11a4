// What people may ask of the running workflows: look, pause, resume, pull, configure.
// The only way from the API to Temporal; never touches the store.
import {
  isGrpcServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type Client,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
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

/** Thrown when Temporal, or a worker that must answer, cannot be reached: try again. */
export class BridgeUnavailable extends Error {}

/** Thrown when what was asked is refused, e.g. an interval of 0. */
export class BridgeRefused extends Error {}

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

/** A person is waiting; a query needs a worker, and without one it would wait for ever. */
const ANSWER_WITHIN_MS = 5_000;

export function createBridgeControl(client: Client): BridgeControl {
  const pull = (source: SourceRef) => client.workflow.getHandle(pullWorkflowId(source.name, source.isFirst));
  const dispatch = () => client.workflow.getHandle(DISPATCH_WORKFLOW_ID);

  async function ask<T>(what: () => Promise<T>): Promise<T> {
    try {
      return await client.connection.withDeadline(Date.now() + ANSWER_WITHIN_MS, what);
    } catch (error) {
      if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) {
        throw new BridgeRefused(error.cause.message, { cause: error });
      }
      if (error instanceof WorkflowNotFoundError) {
        const message = 'its workflow is not running; a worker starts it within 15 s: see that one is up';
        throw new BridgeUnavailable(message, { cause: error });
      }
      if (isGrpcServiceError(error) || (error instanceof Error && isGrpcServiceError(error.cause))) {
        const message = 'Temporal or the worker does not answer: see that both are up, then try again';
        throw new BridgeUnavailable(message, { cause: error });
      }
      throw error;
    }
  }

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
