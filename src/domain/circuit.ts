// The circuit of a subscription: whether its attempts fail one after another, and what that means for the next one.
// Pure. The row in the store does the arithmetic, under its lock.

/** At most so long it stays open without a probe. */
export const LONGEST_OPEN_MS = 10 * 60_000;
/** The first time; twice as long each further time. */
export const FIRST_OPEN_MS = 5_000;
/** The attempt that probes is over by then, or lost. */
export const PROBE_MS = 20_000;
/** Who fails for longer is disabled. */
export const DISABLED_AFTER_MS = 5 * 86_400_000;

export const CIRCUIT_STATES = ['closed', 'open', 'probing'] as const;
export type CircuitState = (typeof CIRCUIT_STATES)[number];

/** @param openForMs null while it is closed */
export function circuitState(openForMs: number | null): CircuitState {
  if (openForMs === null) return 'closed';
  return openForMs > 0 ? 'open' : 'probing';
}

/** What an attempt found out about its subscription. `answered` also by a refusal: somebody is there. */
export interface CircuitNote {
  readonly subscriptionId: string;
  readonly found: 'failed' | 'answered';
  /** It was the one attempt that was let through. */
  readonly probed: boolean;
}

/** What is to be written of one subscription: first the end of the old failures, then the new ones. */
export interface CircuitChange {
  readonly subscriptionId: string;
  readonly closes: boolean;
  /** Since the last answer. */
  readonly failures: number;
  readonly probeFailed: boolean;
}

/** Notes in the order in which they came, to one change for each subscription. */
export function foldNotes(notes: readonly CircuitNote[]): readonly CircuitChange[] {
  const changes = new Map<string, CircuitChange>();
  for (const { subscriptionId, found, probed } of notes) {
    const before = changes.get(subscriptionId);
    const failures = before?.failures ?? 0;
    changes.set(
      subscriptionId,
      found === 'answered'
        ? { subscriptionId, closes: true, failures: 0, probeFailed: false }
        : {
            subscriptionId,
            closes: before?.closes ?? false,
            failures: failures + 1,
            probeFailed: probed || (before?.probeFailed ?? false),
          },
    );
  }
  return [...changes.values()];
}

/** What one attempt came to: a subscriber that refuses is there; a delivery that cannot be signed says nothing of it. */
export interface AttemptResultKind {
  readonly kind: 'sent' | 'retry' | 'refused' | 'gone';
  readonly errorClass?: string | null;
}

/**
 * What is to be noted; null: nothing. A refusal counts neither way, but ends a probe.
 *
 * @param isFailing attempts before it failed
 */
export function findingOf(
  { kind, errorClass }: AttemptResultKind,
  { isFailing, probed }: { readonly isFailing: boolean; readonly probed: boolean },
): CircuitNote['found'] | null {
  if (kind === 'retry') return errorClass === 'secret-unreadable' ? null : 'failed';
  return probed || (kind === 'sent' && isFailing) ? 'answered' : null;
}
