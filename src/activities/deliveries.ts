// The deliveries of events that have a workflow of their own. Their rows say whether and when they are due, so an
// attempt may be asked for twice.
import { Context } from '@temporalio/activity';
import type {
  DeliverAnswer,
  DeliveryActivities,
  DeliveryRef,
  FirstTryActivities,
} from '../contracts/activities';
import { busyMs, putOffMs } from '../domain/put-off';
import { standingOf } from '../domain/run';
import type { Database } from '../store/database';
import { takeOver } from '../store/deliveries/acts';
import type { LoadedDelivery } from '../store/deliveries/load';
import { takeMarkOff } from '../store/deliveries/of-events';
import { FIRST_TRY_MS, type Attempts } from './attempts';
import { endWithoutSending } from './endings';
import { withHeartbeat } from './heartbeat';
import { nextStep } from './next-step';
import { createTurns } from './turns';
import { putOffFailure, waitMessage, type PutOff } from './put-off';

export interface DeliveryDependencies {
  readonly db: Database;
  readonly attempts: Attempts;
  readonly random: () => number;
}

const LATER_TRY_MS = 15_000;

export function createDeliveryActivities(
  dependencies: DeliveryDependencies,
): DeliveryActivities & FirstTryActivities {
  const { db, attempts, random } = dependencies;
  const { destinations, settle } = attempts;
  /** Begun anew while a try is under way, a delivery waits for what becomes of that. */
  const oneByOne = createTurns();

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

  /** Put off, it takes no place from other events; the schedule begins with its first step. */
  function markPutOff(ref: DeliveryRef): Promise<DeliverAnswer> {
    return settle({ ...ref, attempt: null, end: { state: 'put-off' } });
  }

  /** Throws it, for the activity to come again; an answer when the delivery was settled meanwhile. */
  async function putOff(
    ref: DeliveryRef,
    loaded: LoadedDelivery,
    { reason, inMs }: PutOff,
  ): Promise<DeliverAnswer> {
    // Waiting, it holds neither its record nor a place in flight: also one that a batch has tried and left.
    if (loaded.event.status === 'processing') {
      const answer = await markPutOff(ref);
      if (answer.kind !== 'later') return answer;
    }
    throw putOffFailure(reason, waitMessage(reason, loaded.subscription), inMs);
  }

  async function deliverQuickly(ref: DeliveryRef): Promise<DeliverAnswer> {
    const loaded = await load(ref);
    if ('kind' in loaded) return loaded;
    const next = nextStep(loaded);
    if (next.kind === 'end') return endWithoutSending(settle, ref, loaded, next.as);
    if (next.kind === 'wait')
      return next.wait.for === 'not-due' ? { kind: 'later', status: loaded.event.status } : markPutOff(ref);
    const { url } = loaded.subscription;
    const how = { timeoutMs: FIRST_TRY_MS, inBatch: false, probes: next.probes };
    const made = destinations.isCutOff(url)
      ? null
      : await destinations.visit(url, () => attempts.make(ref, loaded, how));
    return made === null || 'putOff' in made ? markPutOff(ref) : made.answer;
  }

  async function deliver(ref: DeliveryRef): Promise<DeliverAnswer> {
    const loaded = await load(ref);
    if ('kind' in loaded) return loaded;
    const next = nextStep(loaded);
    if (next.kind === 'end') return endWithoutSending(settle, ref, loaded, next.as);
    const asked = Context.current().info.attempt;
    if (next.kind === 'wait') {
      const inMs = putOffMs(next.wait, asked, random());
      return putOff(ref, loaded, { reason: next.wait.for, inMs });
    }
    const { url } = loaded.subscription;
    const how = { timeoutMs: LATER_TRY_MS, inBatch: false, probes: next.probes };
    const made = await destinations.visit(url, () => attempts.make(ref, loaded, how));
    if (made === null) return putOff(ref, loaded, { reason: 'busy', inMs: busyMs(asked, random()) });
    if ('putOff' in made) return putOff(ref, loaded, made.putOff);
    if (!('waitMs' in made)) return made.answer;
    throw putOffFailure(made.attempt.errorClass ?? 'unknown', made.attempt.message, made.waitMs);
  }

  return {
    deliverQuickly: (ref) => oneByOne(ref.id, () => deliverQuickly(ref)),
    deliver: (ref) => withHeartbeat(() => oneByOne(ref.id, () => deliver(ref))),
  };
}
