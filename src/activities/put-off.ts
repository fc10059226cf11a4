// What a delivery that is not tried now says of itself, in the Web UI as the last failure of a pending activity.
import { ApplicationFailure } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { assertNever } from '../domain/assert-never';
import type { WaitReason } from '../domain/before-attempt';
import type { LoadedDelivery } from '../store/deliveries/load';

export interface PutOff {
  readonly reason: WaitReason;
  readonly inMs: number;
}

/** Expected: it is tried again when its time has come, and nobody need be told. */
export function putOffFailure(type: string, message: string, inMs: number): ApplicationFailure {
  return ApplicationFailure.create({
    type,
    message,
    nextRetryDelay: Math.max(Math.round(inMs), 1),
    category: ApplicationFailureCategory.BENIGN,
  });
}

export function waitMessage(
  reason: WaitReason,
  { name, ratePerSecond }: LoadedDelivery['subscription'],
): string {
  switch (reason) {
    case 'not-due':
      return 'waits for its next attempt';
    case 'paused':
      return `"${name}" is paused: resume the subscription`;
    case 'not-its-turn':
      return `"${name}" is ordered: an earlier event of this record waits for its own delivery, or retry or discard it`;
    case 'circuit-open':
      return `attempts to "${name}" fail one after another: nothing is sent until one succeeds; look at the subscriber`;
    case 'rate':
      return `"${name}" takes ${ratePerSecond ?? 'no more'} attempts a second: it waits for its place`;
    case 'busy':
      return 'enough is under way to this destination';
    default:
      return assertNever(reason);
  }
}
