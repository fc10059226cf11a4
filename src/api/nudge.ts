// Makes what waits for a subscription due, and tells the runs that have it, behind the back of whoever asked.
// Never fails: what is not told comes by its own timer.
import type { EventRuns } from '../contracts/event-runs';
import type { Logger } from '../logger';
import type { Database } from '../store/database';
import { makeDue } from '../store/deliveries/change-waiting';
import { innermostMessage } from '../store/errors';

export interface NudgeDependencies {
  readonly db: Database;
  readonly runs: Pick<EventRuns, 'signal'>;
  readonly log: Logger;
}

const AT_ONCE = 8;

/** Answers at once. */
export function nudge(dependencies: NudgeDependencies, subscription: { readonly id: string }): void {
  const { log } = dependencies;
  nudgeAll(dependencies, subscription.id).catch((error: unknown) => {
    log.warn(
      { subscription: subscription.id, error: innermostMessage(error) },
      'what waits for the subscription was not told, and comes by its own timers',
    );
  });
}

async function nudgeAll({ db, runs }: NudgeDependencies, id: string): Promise<void> {
  const failures: unknown[] = [];
  for await (const workflowIds of makeDue(db, id)) {
    const queue = workflowIds.values();
    const tell = async () => {
      for (const workflowId of queue)
        await runs
          .signal(workflowId, { kind: 'deliver-now' })
          .catch((error: unknown) => failures.push(error));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, tell));
  }
  if (failures.length > 0) throw failures[0];
}
