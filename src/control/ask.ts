// Asks Temporal for a person who is waiting: what cannot be answered in some seconds is said, with what to do.
import {
  isGrpcServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type Client,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';

/** Thrown when Temporal, or a worker that must answer, cannot be reached: try again. */
export class BridgeUnavailable extends Error {}

/** Thrown when what was asked is refused, e.g. an interval of 0. */
export class BridgeRefused extends Error {}

/** A query needs a worker, and without one it would wait for ever. */
const ANSWER_WITHIN_MS = 5_000;

/** @throws BridgeUnavailable, BridgeRefused */
export async function ask<T>(client: Client, what: () => Promise<T>): Promise<T> {
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
    if (isServiceError(error)) {
      const message = 'Temporal or the worker does not answer: see that both are up, then try again';
      throw new BridgeUnavailable(message, { cause: error });
    }
    throw error;
  }
}

/** The server, or the worker that would have to answer, is away. */
function isServiceError(error: unknown): boolean {
  return isGrpcServiceError(error) || (error instanceof Error && isGrpcServiceError(error.cause));
}
