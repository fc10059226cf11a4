// Turns failures into Temporal's, in one place: what an operator reads, and when it is tried again.
// A statement's text or a payload never gets into a history.
import { activityInfo, ApplicationFailure, CancelledFailure, log } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';
import { KEY_REFUSED_RETRY_MS } from '../contracts/retry-policies';
import type { OdooFailure } from '../domain/failure';
import { errorCodeOf, innermostMessage } from '../store/errors';

/** Thrown when Odoo did not do what it was asked. */
export class OdooCallFailed extends Error {
  constructor(readonly failure: OdooFailure) {
    super(failure.message);
  }
}

export interface PlainFailure {
  readonly code: string;
  readonly message: string;
}

/** What failed, in words that may be shown: an error of the database carries its statement and parameters. */
export function plainFailure(error: unknown): PlainFailure {
  if (error instanceof OdooCallFailed) return { code: error.failure.code, message: error.message };
  const code = errorCodeOf(error);
  if (code !== null)
    return { code: 'store-failed', message: `the database answers ${code}: ${innermostMessage(error)}` };
  return { code: error instanceof Error ? error.name : 'unknown', message: innermostMessage(error) };
}

function toTemporal(error: unknown): unknown {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  if (error instanceof Error && error.name === 'AbortError') return error;
  const { code, message } = plainFailure(error);
  return ApplicationFailure.create({
    message,
    type: code,
    ...(code === 'odoo-key-refused' ? { nextRetryDelay: KEY_REFUSED_RETRY_MS } : {}),
  });
}

function isBenign(error: unknown): boolean {
  return error instanceof ApplicationFailure && error.category === ApplicationFailureCategory.BENIGN;
}

export const failureInterceptor: ActivityInboundCallsInterceptor = {
  async execute(input, next) {
    try {
      return await next(input);
    } catch (error) {
      // Expected: a subscriber that is away is no fault of ours, and its attempts are written down.
      if (!isBenign(error)) {
        const { code, message } = plainFailure(error);
        log.warn('activity failed', { activity: activityInfo().activityType, code, error: message });
      }
      throw toTemporal(error);
    }
  },
};
