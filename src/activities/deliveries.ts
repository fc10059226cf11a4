// The deliveries of events that have a workflow of their own. Their rows say whether and when they are due, so an
// attempt may be asked for twice.
import { ApplicationFailure, Context } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import type {
  DeliverAnswer,
  DeliveryActivities,
  DeliveryRef,
  FirstTryActivities,
} from '../contracts/activities';
import { standingOf } from '../domain/run';
import type { Database } from '../store/database';
import { takeOver } from '../store/deliveries/acts';
import type { LoadedDelivery } from '../store/deliveries/load';
import { takeMarkOff } from '../store/deliveries/of-events';
import { FIRST_TRY_MS, type Attempts } from './attempts';

export interface DeliveryDependencies {
  readonly db: Database;
  readonly attempts: Attempts;
  readonly random: () => number;
}

const LATER_TRY_MS = 15_000;
/** A place is free again when an attempt there is over; the longer one waits, the longer is the queue. */
const BUSY_MS = 500;
const MOST_BUSY_MS = 60_000;

export function createDeliveryActivities(
  dependencies: DeliveryDependencies,
): DeliveryActivities & FirstTryActivities {
  const { db, attempts, random } = dependencies;
  const { destinations } = attempts;

  /** What is to be sent for this run; an answer when there is nothing to send. */
  async function load(ref: DeliveryRef): Promise<LoadedDelivery | DeliverAnswer> {
    let loaded = await attempts.load(ref.id);
    if (loaded === null) return { kind: 'older' };
    const standing = standingOf(loaded.event, ref.runId);
    if (standing === 'take') {
      await takeOver(db, { ...ref, workflowId: ref.key }, ref.id);
      loaded = await attempts.load(ref.id);
    }
    if (loaded === null || standing === 'older') return { kind: 'older' };
    if (loaded.state === 'waiting') {
      if (loaded.toOpen) await takeMarkOff(db, loaded);
      return loaded;
    }
    return { kind: 'settled', delivery: loaded.state, status: loaded.event.status, failure: null };
  }

  /** Null when nothing forbids sending. */
  async function withoutSending(
    ref: DeliveryRef,
    { subscription }: LoadedDelivery,
  ): Promise<DeliverAnswer | null> {
    if (subscription.status === 'deleted') {
      return attempts.settle({ ...ref, attempt: null, end: { state: 'discarded' } });
    }
    if (subscription.status === 'active') return null;
    const why = subscription.statusReason === null ? '' : ` (${subscription.statusReason})`;
    const message = `"${subscription.name}" is disabled${why}: resume the subscription, then retry`;
    const attempt = {
      status: null,
      durationMs: 0,
      response: null,
      errorClass: 'subscription-disabled',
      message,
    };
    return attempts.settle({ ...ref, attempt, end: { state: 'dead' } });
  }

  function busyMs(asked: number): number {
    return Math.min(BUSY_MS * 2 ** Math.min(asked, 10), MOST_BUSY_MS) * (1 + random());
  }

  return {
    deliverQuickly: async (ref) => {
      const loaded = await load(ref);
      if ('kind' in loaded) return loaded;
      const instead = await withoutSending(ref, loaded);
      if (instead !== null) return instead;
      if (loaded.dueInMs > 0) return { kind: 'later', status: loaded.event.status };
      const { url } = loaded.subscription;
      const how = { timeoutMs: FIRST_TRY_MS, inBatch: false };
      const made = destinations.isCutOff(url)
        ? null
        : await destinations.visit(url, () => attempts.make(ref, loaded, how));
      // Put off, it takes no place from other events; the schedule begins with its first step.
      return made?.answer ?? attempts.settle({ ...ref, attempt: null, end: { state: 'put-off' } });
    },

    deliver: async (ref) => {
      const loaded = await load(ref);
      if ('kind' in loaded) return loaded;
      const instead = await withoutSending(ref, loaded);
      if (instead !== null) return instead;
      if (loaded.dueInMs > 0) throw putOff('not-due', 'waits for its next attempt', loaded.dueInMs);
      const { url } = loaded.subscription;
      const how = { timeoutMs: LATER_TRY_MS, inBatch: false };
      const made = await destinations.visit(url, () => attempts.make(ref, loaded, how));
      if (made === null)
        throw putOff(
          'busy',
          'enough is under way to this destination',
          busyMs(Context.current().info.attempt),
        );
      if (!('waitMs' in made)) return made.answer;
      throw putOff(made.attempt.errorClass ?? 'unknown', made.attempt.message, made.waitMs);
    },
  };
}

/** Expected: it is tried again when its time has come, and nobody need be told. */
function putOff(type: string, message: string, nextRetryDelay: number): ApplicationFailure {
  return ApplicationFailure.create({
    type,
    message,
    nextRetryDelay,
    category: ApplicationFailureCategory.BENIGN,
  });
}
