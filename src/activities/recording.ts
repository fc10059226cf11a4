// Writes down what became of attempts, those that end side by side together; answers for the workflow.
import type { DeliverAnswer, DeliveryFailure } from '../contracts/activities';
import { createGroupCommit } from '../intake/group-commit';
import type { Database } from '../store/database';
import { recordAttempts } from '../store/deliveries/record';
import type { AttemptResult } from '../store/deliveries/recorded-event';

export interface Settling {
  /** One of many for which nobody waits: it waits for others, to be written down with them. */
  readonly together?: boolean;
  /** Why it is dead, where no attempt of now says so. */
  readonly failure?: DeliveryFailure;
}

export type Settle = (result: AttemptResult, how?: Settling) => Promise<DeliverAnswer>;

/** So long a result of a batch waits for others. */
const GATHER_MS = 60;
/** Deliveries written down in one go. */
const MAX_GROUP = 200;

/** @param areOthersComing whether requests of batches are under way */
export function createSettling(db: Database, areOthersComing: () => boolean): Settle {
  const record = (results: readonly AttemptResult[]) => recordAttempts(db, results);
  const atOnce = createGroupCommit(record, MAX_GROUP);
  const gathered = createGroupCommit(record, MAX_GROUP, () => 1, { areOthersComing, withinMs: GATHER_MS });
  return async (result, { together = false, failure = null } = {}) => {
    const recorded = await (together ? gathered : atOnce).add(result);
    if (recorded.kind === 'older') return recorded;
    const { status, state } = recorded;
    if (state === 'waiting') return { kind: 'later', status };
    const isDead = state === 'dead' && result.end.state === 'dead';
    return {
      kind: 'settled',
      delivery: state,
      status,
      failure: isDead ? (failure ?? failureOf(result)) : null,
    };
  };
}

function failureOf({ attempt }: AttemptResult): DeliveryFailure | null {
  return attempt === null ? null : { code: attempt.errorClass ?? 'unknown', message: attempt.message };
}
