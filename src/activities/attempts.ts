// Attempts of deliveries, as events with their own workflow and those of a batch make them: load what is to be
// sent, send it, write down what became of it. Events side by side share the transactions.
import type { DeliverAnswer, DeliveryRef } from '../contracts/activities';
import { waitAfter } from '../domain/delivery';
import { createGroupCommit } from '../intake/group-commit';
import type { Database } from '../store/database';
import { loadDeliveries, type LoadedDelivery } from '../store/deliveries/load';
import { recordAttempts } from '../store/deliveries/record';
import type { AttemptResult, AttemptToKeep } from '../store/deliveries/recorded-event';
import { setSubscriptionStatus } from '../store/subscriptions';
import type { SendResult } from '../channels/webhook/outcome';
import { createDestinations, type Destinations } from './destinations';
import { createSending, type SendingParts } from './send-delivery';

export interface AttemptDependencies extends SendingParts {
  readonly db: Database;
  /** The wait before each attempt. */
  readonly waitsMs: readonly number[];
  readonly nowMs: () => number;
  readonly random: () => number;
}

export interface Attempts {
  readonly destinations: Destinations;
  /** Null when there is no such delivery. */
  load(id: string): Promise<LoadedDelivery | null>;
  /** One attempt, written down. */
  make(ref: DeliveryRef, loaded: LoadedDelivery, how: AttemptHow): Promise<Made>;
  settle(result: AttemptResult): Promise<DeliverAnswer>;
}

/** A first try is a local activity of 3 s, or one of a batch: it must be written down in that time. */
export const FIRST_TRY_MS = 1_900;

export interface AttemptHow {
  readonly timeoutMs: number;
  /**
   * One of many for which nobody waits: it waits for its turn at the destination, and for others to be written down
   * with. What cannot succeed any more is left to the event's own workflow, and dies there.
   */
  readonly inBatch: boolean;
}

/** `waitMs`: it failed and is tried again after it. */
export type Made =
  | { readonly answer: DeliverAnswer }
  | { readonly answer: DeliverAnswer; readonly waitMs: number; readonly attempt: AttemptToKeep };

/** So long a result of a batch waits for others, to be written down with them. */
const GATHER_MS = 60;
/** Deliveries loaded or written down in one go. */
const MAX_GROUP = 200;

export function createAttempts(dependencies: AttemptDependencies): Attempts {
  const { db, waitsMs, nowMs, random } = dependencies;
  const send = createSending(dependencies);
  const destinations = createDestinations(nowMs);
  const loading = createGroupCommit(
    async (ids: readonly string[]) => (await loadDeliveries(db, ids)).map((loaded) => ({ loaded })),
    MAX_GROUP,
  );
  const record = (results: readonly AttemptResult[]) => recordAttempts(db, results);
  const recording = createGroupCommit(record, MAX_GROUP);
  /** Requests of batches that are under way, or wait for their turn. */
  let sending = 0;
  const recordingTogether = createGroupCommit(record, MAX_GROUP, () => 1, {
    areOthersComing: () => sending > 0,
    withinMs: GATHER_MS,
  });

  /** Null when its destination was cut off meanwhile. */
  async function sendInTurn(loaded: LoadedDelivery, timeoutMs: number): Promise<SendResult | null> {
    const { url } = loaded.subscription;
    sending += 1;
    try {
      return await destinations.inTurn(url, async () =>
        destinations.isCutOff(url) ? null : send(loaded, timeoutMs),
      );
    } finally {
      sending -= 1;
    }
  }

  async function settle(result: AttemptResult, into = recording): Promise<DeliverAnswer> {
    const recorded = await into.add(result);
    if (recorded.kind === 'older') return recorded;
    const { status, state } = recorded;
    if (state === 'waiting') return { kind: 'later', status };
    const failure =
      state === 'dead' && result.end.state === 'dead' && result.attempt !== null
        ? { code: result.attempt.errorClass ?? 'unknown', message: result.attempt.message }
        : null;
    return { kind: 'settled', delivery: state, status, failure };
  }

  return {
    destinations,
    settle,
    load: async (id) => (await loading.add(id)).loaded,
    make: async (ref, loaded, { timeoutMs, inBatch }) => {
      const { subscription } = loaded;
      const into = inBatch ? recordingTogether : recording;
      const result = await (inBatch ? sendInTurn : send)(loaded, timeoutMs);
      if (result === null) return { answer: { kind: 'later', status: loaded.event.status } };
      const { status, durationMs, response, message } = result;
      const errorClass = 'errorClass' in result ? result.errorClass : null;
      const kept = { status, durationMs, response, message, errorClass };
      if (result.kind === 'sent')
        return { answer: await settle({ ...ref, attempt: kept, end: { state: 'sent' } }, into) };
      if (result.kind === 'gone')
        await setSubscriptionStatus(db, subscription.id, 'disabled', 'it answered 410');
      if (result.kind === 'retry' && result.errorClass === 'timeout')
        destinations.noteTimeout(subscription.url);
      const tries = loaded.tries + 1;
      const waitMs =
        result.kind === 'retry' ? waitAfter(waitsMs, tries, result.retryAfterMs, random()) : null;
      if (waitMs === null && !inBatch) {
        const exhausted = result.kind === 'retry' ? ` (given up after ${tries} attempts)` : '';
        const last = { ...kept, message: `${message}${exhausted}` };
        return { answer: await settle({ ...ref, attempt: last, end: { state: 'dead' } }) };
      }
      const afterMs = waitMs ?? 0;
      const answer = await settle({ ...ref, attempt: kept, end: { state: 'waiting', afterMs } }, into);
      return answer.kind === 'later' ? { answer, waitMs: afterMs, attempt: kept } : { answer };
    },
  };
}
