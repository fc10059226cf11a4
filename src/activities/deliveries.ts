// One attempt of one delivery: look what is to be sent, send it, write down what became of it.
// Its row says whether and when it is due, so an attempt may be asked for twice.
import { ApplicationFailure, Context } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import type {
  DeliverAnswer,
  DeliveryActivities,
  DeliveryRef,
  FirstTryActivities,
} from '../contracts/activities';
import { waitAfter } from '../domain/delivery';
import { standingOf } from '../domain/run';
import { createGroupCommit } from '../intake/group-commit';
import type { Database } from '../store/database';
import { takeOver } from '../store/deliveries/acts';
import { loadDeliveries, type LoadedDelivery } from '../store/deliveries/load';
import { recordAttempts, type AttemptResult, type AttemptToKeep } from '../store/deliveries/record';
import { setSubscriptionStatus } from '../store/subscriptions';
import { createDestinations } from './destinations';
import { createSending, type SendingParts } from './send-delivery';

export interface DeliveryDependencies extends SendingParts {
  readonly db: Database;
  /** The wait before each attempt. */
  readonly waitsMs: readonly number[];
  readonly nowMs: () => number;
  readonly random: () => number;
}

/** A first try is a local activity of 3 s: it must be written down in that time. */
const FIRST_TRY_MS = 1_900;
const LATER_TRY_MS = 15_000;
/** A place is free again when an attempt there is over; the longer one waits, the longer is the queue. */
const BUSY_MS = 500;
const MOST_BUSY_MS = 60_000;
/** Deliveries loaded or written down in one go: events side by side bring many small ones. */
const MAX_GROUP = 200;

/** `waitMs`: it failed and is tried again after it. */
type Step =
  | { readonly answer: DeliverAnswer }
  | { readonly answer: DeliverAnswer; readonly waitMs: number; readonly attempt: AttemptToKeep };

export function createDeliveryActivities(
  dependencies: DeliveryDependencies,
): DeliveryActivities & FirstTryActivities {
  const { db, waitsMs, nowMs, random } = dependencies;
  const send = createSending(dependencies);
  const loading = createGroupCommit(
    async (ids: readonly string[]) => (await loadDeliveries(db, ids)).map((loaded) => ({ loaded })),
    MAX_GROUP,
  );
  const recording = createGroupCommit(
    (results: readonly AttemptResult[]) => recordAttempts(db, results),
    MAX_GROUP,
  );
  const destinations = createDestinations(nowMs);

  /** What is to be sent for this run; an answer when there is nothing to send. */
  async function load(ref: DeliveryRef): Promise<LoadedDelivery | DeliverAnswer> {
    let { loaded } = await loading.add(ref.id);
    if (loaded === null) return { kind: 'older' };
    const standing = standingOf(loaded.event, ref.runId);
    if (standing === 'take') {
      await takeOver(db, { ...ref, workflowId: ref.key }, ref.id);
      ({ loaded } = await loading.add(ref.id));
    }
    if (loaded === null || standing === 'older') return { kind: 'older' };
    if (loaded.state === 'waiting') return loaded;
    return { kind: 'settled', delivery: loaded.state, status: loaded.event.status, failure: null };
  }

  /** Null when nothing forbids sending. */
  async function withoutSending(
    ref: DeliveryRef,
    { subscription }: LoadedDelivery,
  ): Promise<DeliverAnswer | null> {
    if (subscription.status === 'deleted') {
      return settle({ ...ref, attempt: null, end: { state: 'discarded' } });
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
    return settle({ ...ref, attempt, end: { state: 'dead' } });
  }

  async function settle(result: AttemptResult): Promise<DeliverAnswer> {
    const recorded = await recording.add(result);
    if (recorded.kind === 'older') return recorded;
    const { status, state } = recorded;
    if (state === 'waiting') return { kind: 'later', status };
    const failure =
      state === 'dead' && result.end.state === 'dead' && result.attempt !== null
        ? { code: result.attempt.errorClass ?? 'unknown', message: result.attempt.message }
        : null;
    return { kind: 'settled', delivery: state, status, failure };
  }

  function busyMs(asked: number): number {
    return Math.min(BUSY_MS * 2 ** Math.min(asked, 10), MOST_BUSY_MS) * (1 + random());
  }

  /** One attempt, written down. */
  async function attempt(ref: DeliveryRef, loaded: LoadedDelivery, timeoutMs: number): Promise<Step> {
    const result = await send(loaded, timeoutMs);
    const { status, durationMs, response, message } = result;
    const kept = {
      status,
      durationMs,
      response,
      message,
      errorClass: 'errorClass' in result ? result.errorClass : null,
    };
    if (result.kind === 'sent')
      return { answer: await settle({ ...ref, attempt: kept, end: { state: 'sent' } }) };
    if (result.kind === 'gone')
      await setSubscriptionStatus(db, loaded.subscription.id, 'disabled', 'it answered 410');
    if (result.kind !== 'retry')
      return { answer: await settle({ ...ref, attempt: kept, end: { state: 'dead' } }) };
    if (result.errorClass === 'timeout') destinations.noteTimeout(loaded.subscription.url);
    const tries = loaded.tries + 1;
    const waitMs = waitAfter(waitsMs, tries, result.retryAfterMs, random());
    if (waitMs === null) {
      const exhausted = { ...kept, message: `${message} (given up after ${tries} attempts)` };
      return { answer: await settle({ ...ref, attempt: exhausted, end: { state: 'dead' } }) };
    }
    const answer = await settle({ ...ref, attempt: kept, end: { state: 'waiting', afterMs: waitMs } });
    return answer.kind === 'later' ? { answer, waitMs, attempt: kept } : { answer };
  }

  return {
    deliverQuickly: async (ref) => {
      const loaded = await load(ref);
      if ('kind' in loaded) return loaded;
      const instead = await withoutSending(ref, loaded);
      if (instead !== null) return instead;
      if (loaded.dueInMs > 0) return { kind: 'later', status: loaded.event.status };
      const { url } = loaded.subscription;
      const step = destinations.isCutOff(url)
        ? null
        : await destinations.visit(url, () => attempt(ref, loaded, FIRST_TRY_MS));
      // Put off, it takes no place from other events; the schedule begins with its first step.
      return step?.answer ?? settle({ ...ref, attempt: null, end: { state: 'put-off' } });
    },

    deliver: async (ref) => {
      const loaded = await load(ref);
      if ('kind' in loaded) return loaded;
      const instead = await withoutSending(ref, loaded);
      if (instead !== null) return instead;
      if (loaded.dueInMs > 0) throw putOff('not-due', 'waits for its next attempt', loaded.dueInMs);
      const { url } = loaded.subscription;
      const step = await destinations.visit(url, () => attempt(ref, loaded, LATER_TRY_MS));
      if (step === null)
        throw putOff(
          'busy',
          'enough is under way to this destination',
          busyMs(Context.current().info.attempt),
        );
      if (!('waitMs' in step)) return step.answer;
      throw putOff(step.attempt.errorClass ?? 'unknown', step.attempt.message, step.waitMs);
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
