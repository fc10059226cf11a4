// The last questions before a delivery is sent, asked when it has a place at its destination: the limit of its
// subscription, and whether its circuit still lets it through. Each answer holds for one attempt.
import { setTimeout as after } from 'node:timers/promises';
import type { LoadedDelivery } from '../store/deliveries/load';
import type { Circuits } from './circuits';
import type { PutOff } from './put-off';
import type { Rates } from './rates';

/** In a batch nobody waits for one delivery, so it may wait for its place. */
const PATIENCE_IN_BATCH_MS = 1_000;
/** Somebody else probes; mostly that is over at once. */
const WHILE_PROBED_MS = 1_000;

export interface PermitParts {
  readonly rates: Rates;
  readonly circuits: Circuits;
  readonly random: () => number;
}

/** Null when it may be sent. `sinceMs`: when it was loaded. */
export type AskPermit = (
  loaded: LoadedDelivery,
  how: { readonly inBatch: boolean; readonly probes: boolean; readonly sinceMs: number },
) => Promise<PutOff | null>;

export function createPermits({ rates, circuits, random }: PermitParts): AskPermit {
  return async ({ subscription }, { inBatch, probes, sinceMs }) => {
    const { id, ratePerSecond } = subscription;
    const soon = { reason: 'circuit-open', inMs: Math.round(WHILE_PROBED_MS * (1 + random())) } as const;
    if (ratePerSecond !== null) {
      const place = rates.take(id, ratePerSecond, inBatch ? PATIENCE_IN_BATCH_MS : 0);
      if (place.kind === 'later') return { reason: 'rate', inMs: place.inMs };
      if (place.inMs > 0) await after(place.inMs);
    }
    if (probes) return (await circuits.takeProbe(id)) ? null : soon;
    return circuits.openedSince(id, sinceMs) ? soon : null;
  };
}
