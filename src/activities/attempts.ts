// Attempts of deliveries, as events with their own workflow and those of a batch make them: load what is to be
// sent, send it, write down what became of it. Events side by side share the transactions.
import type { DeliverAnswer, DeliveryRef } from '../contracts/activities';
import { waitAfter } from '../domain/delivery';
import { createGroupCommit } from '../intake/group-commit';
import { loadDeliveries, type LoadedDelivery } from '../store/deliveries/load';
import type { AttemptToKeep } from '../store/deliveries/recorded-event';
import { TRIED_LATER, type SendResult } from '../channels/webhook/outcome';
import { createCircuits, type CircuitDependencies } from './circuits';
import { createDestinations, type Destinations } from './destinations';
import { createPermits } from './permits';
import type { PutOff } from './put-off';
import { createRates } from './rates';
import { createSettling, type Settle } from './recording';
import { createSending, type SendingParts } from './send-delivery';

export interface AttemptDependencies extends SendingParts, CircuitDependencies {
  /** The wait before each attempt. */
  readonly waitsMs: readonly number[];
  readonly random: () => number;
}

export interface Attempts {
  readonly destinations: Destinations;
  /** Null when there is no such delivery. */
  load(id: string): Promise<LoadedDelivery | null>;
  /** One attempt, written down; unless it is put off after all. */
  make(ref: DeliveryRef, loaded: LoadedDelivery, how: AttemptHow): Promise<Made>;
  readonly settle: Settle;
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
  /** Its circuit lets one attempt through. */
  readonly probes: boolean;
}

/** `waitMs`: it failed and is tried again after it. */
export type Made =
  | { readonly answer: DeliverAnswer }
  | { readonly answer: DeliverAnswer; readonly waitMs: number; readonly attempt: AttemptToKeep }
  | { readonly putOff: PutOff };

/** Deliveries loaded in one go. */
const MAX_GROUP = 200;

export function createAttempts(dependencies: AttemptDependencies): Attempts {
  const { db, waitsMs, nowMs, random } = dependencies;
  const send = createSending(dependencies);
  const destinations = createDestinations(nowMs);
  const circuits = createCircuits(dependencies);
  const askPermit = createPermits({ rates: createRates(nowMs), circuits, random });
  const loading = createGroupCommit(
    async (ids: readonly string[]) => (await loadDeliveries(db, ids)).map((loaded) => ({ loaded })),
    MAX_GROUP,
  );
  /** Requests of batches that are under way, or wait for their turn. */
  let sending = 0;
  const settle = createSettling(db, () => sending > 0);

  async function sendIfAllowed(loaded: LoadedDelivery, how: AttemptHow, sinceMs: number) {
    const putOff = await askPermit(loaded, { ...how, sinceMs });
    return putOff === null ? send(loaded, how.timeoutMs) : { putOff };
  }

  /** Put off, too, when its destination was cut off meanwhile. */
  async function sendInTurn(loaded: LoadedDelivery, how: AttemptHow, sinceMs: number) {
    const { url } = loaded.subscription;
    sending += 1;
    try {
      return await destinations.inTurn(url, async () =>
        destinations.isCutOff(url) ? CUT_OFF : sendIfAllowed(loaded, how, sinceMs),
      );
    } finally {
      sending -= 1;
    }
  }

  async function write(
    ref: DeliveryRef,
    loaded: LoadedDelivery,
    result: SendResult,
    together: boolean,
  ): Promise<Made> {
    const { status, durationMs, response, message } = result;
    const errorClass = 'errorClass' in result ? result.errorClass : null;
    const kept = { status, durationMs, response, message, errorClass };
    if (result.kind === 'sent')
      return { answer: await settle({ ...ref, attempt: kept, end: { state: 'sent' } }, { together }) };
    if (errorClass === 'timeout') destinations.noteTimeout(loaded.subscription.url);
    const tries = loaded.tries + 1;
    const waitMs = result.kind === 'retry' ? waitAfter(waitsMs, tries, result.retryAfterMs, random()) : null;
    if (waitMs === null && !together) {
      const last = { ...kept, message: result.kind === 'retry' ? givenUp(message, tries) : message };
      return { answer: await settle({ ...ref, attempt: last, end: { state: 'dead' } }) };
    }
    const afterMs = waitMs ?? 0;
    const end = { state: 'waiting', afterMs } as const;
    const answer = await settle({ ...ref, attempt: kept, end }, { together });
    return answer.kind === 'later' ? { answer, waitMs: afterMs, attempt: kept } : { answer };
  }

  return {
    destinations,
    settle,
    load: async (id) => (await loading.add(id)).loaded,
    make: async (ref, loaded, how) => {
      const result = await (how.inBatch ? sendInTurn : sendIfAllowed)(loaded, how, nowMs());
      if ('putOff' in result) return result;
      const made = await write(ref, loaded, result, how.inBatch);
      await circuits.note(loaded, result, how.probes);
      return made;
    },
  };
}

const CUT_OFF = { putOff: { reason: 'busy', inMs: 0 } } as const;

/** Of a failure that is not tried again after all. */
function givenUp(message: string, tries: number): string {
  const end = `given up after ${tries} ${tries === 1 ? 'attempt' : 'attempts'}`;
  return message.includes(TRIED_LATER) ? message.replace(TRIED_LATER, end) : `${message} (${end})`;
}
