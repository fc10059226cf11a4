// What is to be said of one subscription. Pure.
import type { CircuitState } from '../circuit';
import type { SubscriptionStatus } from '../subscription';
import { fail, ok, spanOf, warn, type Finding } from './finding';

export interface SubscriptionFacts {
  readonly name: string;
  readonly status: SubscriptionStatus;
  readonly statusReason: string | null;
  readonly circuit: CircuitState;
  /** In a row. */
  readonly failures: number;
  readonly failingForMs: number;
  /** Why its address cannot be called; null when it can, or is not known. */
  readonly addressProblem: string | null;
  /** Its secret can be decrypted with our key. */
  readonly secretReadable: boolean;
}

/** One line: the worst there is to say. */
export function subscriptionFinding(facts: SubscriptionFacts): Finding {
  const { name, status, statusReason, circuit, failures, failingForMs, addressProblem } = facts;
  const area = `subscription ${name}`;
  const why = statusReason === null ? '' : `: ${statusReason}`;
  const resume = `\`jisr subscriptions resume ${name}\``;
  if (status === 'disabled')
    return fail(
      area,
      'status',
      `disabled${why}`,
      `mend the cause, then ${resume}, and retry its dead letters`,
    );
  if (addressProblem !== null)
    return fail(
      area,
      'address',
      addressProblem,
      'correct it with `jisr subscriptions update --url`, or allow it',
    );
  if (!facts.secretReadable)
    return fail(
      area,
      'secret',
      'cannot be decrypted',
      'start Jisr with the JISR_SECRET_KEY it was made with',
    );
  const failing = `${failures} failures in a row for ${spanOf(failingForMs)}`;
  const test = `\`jisr subscriptions test ${name}\` says why`;
  if (circuit !== 'closed')
    return fail(
      area,
      'circuit',
      `${circuit}: ${failing}`,
      `${test}; mend the cause, then ${resume} sends what waits at once`,
    );
  if (status === 'paused') return warn(area, 'status', `paused${why}: its events wait`, resume);
  if (failures > 0)
    return warn(
      area,
      'deliveries',
      failing,
      `${test}; if it arrives, \`jisr deliveries list --subscription ${name}\``,
    );
  return ok(area, 'deliveries', 'active, nothing fails');
}
