// What attempts find out about their subscriptions, written down together: many that fail side by side are one write,
// and what goes well is none. Who fails for days is disabled.
import { log } from '@temporalio/activity';
import { DISABLED_AFTER_MS, findingOf, foldNotes, type CircuitNote } from '../domain/circuit';
import { createGroupCommit } from '../intake/group-commit';
import type { SendResult } from '../channels/webhook/outcome';
import { takeProbe, writeCircuits } from '../store/circuits';
import type { Database } from '../store/database';
import type { LoadedDelivery } from '../store/deliveries/load';
import { disableSubscription, type Disabling } from '../store/disabling';

export interface Circuits {
  /** Whether this attempt is the one that may probe. */
  takeProbe(subscriptionId: string): Promise<boolean>;
  /** What was loaded then does not know of it yet. */
  openedSince(subscriptionId: string, sinceMs: number): boolean;
  /** After the attempt was written down: what waits for a subscription that is disabled then dies at once. */
  note(loaded: LoadedDelivery, result: SendResult, probed: boolean): Promise<void>;
}

const MAX_GROUP = 500;
const DAY_MS = 86_400_000;

export interface CircuitDependencies {
  readonly db: Database;
  /** In a row; 0 opens none. */
  readonly circuitFailures: number;
  /** Has what waits for a subscription come up now. */
  readonly nudge: (subscriptionId: string) => void;
  readonly nowMs: () => number;
}

export function createCircuits({ db, circuitFailures, nudge, nowMs }: CircuitDependencies): Circuits {
  /** Whose failures this process wrote, and has seen no answer of since. */
  const failing = new Set<string>();
  const opened = new Map<string, { readonly atMs: number; readonly untilMs: number }>();
  const writing = createGroupCommit(async (notes: readonly CircuitNote[]) => {
    const changes = foldNotes(notes);
    const circuits = await writeCircuits(db, changes, circuitFailures);
    const found = new Map(circuits.map((circuit) => [circuit.subscriptionId, circuit]));
    for (const { subscriptionId } of changes) {
      const { openForMs = null } = found.get(subscriptionId) ?? {};
      if (found.has(subscriptionId)) failing.add(subscriptionId);
      else failing.delete(subscriptionId);
      if (openForMs === null) opened.delete(subscriptionId);
      else opened.set(subscriptionId, { atMs: nowMs(), untilMs: nowMs() + openForMs });
    }
    return notes.map(({ subscriptionId }) => ({ circuit: found.get(subscriptionId) ?? null }));
  }, MAX_GROUP);

  async function disable(subscription: string, disabling: Disabling): Promise<void> {
    if (!(await disableSubscription(db, disabling))) return;
    log.warn('subscription disabled', { subscription, reason: disabling.reason });
    nudge(disabling.subscriptionId);
  }

  return {
    takeProbe: (subscriptionId) => takeProbe(db, subscriptionId),
    openedSince: (subscriptionId, sinceMs) => {
      const circuit = opened.get(subscriptionId);
      return circuit !== undefined && circuit.atMs >= sinceMs && circuit.untilMs > nowMs();
    },
    note: async ({ subscription, circuit: known }, result, probed) => {
      const { id: subscriptionId, name, url } = subscription;
      if (result.kind === 'gone') await disable(name, { subscriptionId, url, ...goneFrom(name) });
      const isFailing = known !== null || failing.has(subscriptionId);
      const found = findingOf(result, { isFailing, probed });
      if (found === null) return;
      const { circuit } = await writing.add({ subscriptionId, found, probed });
      if (circuit !== null && circuit.failingForMs > DISABLED_AFTER_MS)
        await disable(name, { subscriptionId, url, ...failingTooLong(name, circuit.failingSinceMs) });
    },
  };
}

type Reasons = Pick<Disabling, 'reason' | 'message'>;

const WHAT_TO_DO = 'resume the subscription, then retry its dead letters';

function goneFrom(name: string): Reasons {
  return {
    reason: 'it answered 410',
    message: `"${name}" wants no more events (410) and is disabled: delete it, or, when this is a mistake, ${WHAT_TO_DO}`,
  };
}

function failingTooLong(name: string, sinceMs: number): Reasons {
  const since = new Date(sinceMs).toISOString();
  const days = DISABLED_AFTER_MS / DAY_MS;
  return {
    reason: `every attempt failed since ${since}: mend the subscriber`,
    message: `"${name}" is disabled: for ${days} days every attempt failed (since ${since}). Mend the subscriber, then ${WHAT_TO_DO}`,
  };
}
