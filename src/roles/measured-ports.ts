// Ports with a clock and a counter around them: what passes is not changed, and fails as it would have. A counter whose
// labels are known begins at 0: one that is not there yet cannot be seen to stand still.
import { plainFailure } from '../activities/failures';
import type { DispatchActivities, OdooActivities } from '../contracts/activities';
import type { EventRuns } from '../contracts/event-runs';
import type { PushStarts } from '../control/push-starts';
import type { Arrival } from '../domain/event';
import type { Intake } from '../intake/accept';
import type { Accepted } from '../intake/accepted';
import type { Metrics } from '../metrics';
import type { Store } from '../store/database';

export function measuredIntake(intake: Intake, metrics: Metrics): Intake {
  return {
    accept: async (source, channel, arrivals, leaseMs) => {
      const stop = metrics.acceptance.startTimer({ channel });
      const accepted = await orElse(intake.accept(source, channel, arrivals, leaseMs), () =>
        stop({ outcome: 'failed' }),
      );
      stop({ outcome: 'committed' });
      const nowMs = Date.now();
      for (const [place, one] of accepted.entries()) {
        metrics.copies.inc({ source: source.name, channel, result: one.kind });
        const lagMs = lagOf(one, arrivals[place], nowMs);
        if (lagMs !== null) metrics.acceptanceLag.observe({ source: source.name, channel }, lagMs / 1_000);
      }
      return accepted;
    },
  };
}

/** Null for what is no new event. Odoo's clock may be ahead of ours. */
function lagOf(one: Accepted, arrival: Arrival | undefined, nowMs: number): number | null {
  if (one.kind !== 'new' || arrival?.kind !== 'event') return null;
  return Math.max(0, nowMs - arrival.copy.occurredAtMs);
}

export function measuredRuns(runs: EventRuns, by: 'door' | 'dispatcher', { starts }: Metrics): EventRuns {
  for (const outcome of ['started', 'running', 'closed', 'failed'])
    starts.inc({ by, kind: 'event', outcome }, 0);
  for (const outcome of ['started', 'failed']) starts.inc({ by, kind: 'batch', outcome }, 0);
  return {
    ...runs,
    start: async (event, how) => {
      const outcome = await orElse(runs.start(event, how), () => {
        starts.inc({ by, kind: 'event', outcome: 'failed' });
      });
      starts.inc({ by, kind: 'event', outcome });
      return outcome;
    },
    startBatch: async (batch) => {
      await orElse(runs.startBatch(batch), () => {
        starts.inc({ by, kind: 'batch', outcome: 'failed' });
      });
      starts.inc({ by, kind: 'batch', outcome: 'started' });
    },
  };
}

export function measuredDoor(door: PushStarts, { leftAtTheDoor }: Metrics): PushStarts {
  return {
    ...door,
    leaseMs: () => {
      const leaseMs = door.leaseMs();
      if (leaseMs === null) leftAtTheDoor.inc();
      return leaseMs;
    },
  };
}

export function measuredDispatch(
  activities: DispatchActivities,
  { dispatchRounds, lookedAfter }: Metrics,
): DispatchActivities {
  for (const outcome of ['done', 'paused', 'failed']) dispatchRounds.inc({ outcome }, 0);
  for (const verdict of ['renewed', 'returned', 'dead_lettered']) lookedAfter.inc({ verdict }, 0);
  return {
    startEvents: async () => {
      const answer = await orElse(activities.startEvents(), () => {
        dispatchRounds.inc({ outcome: 'failed' });
      });
      dispatchRounds.inc({ outcome: answer.paused ? 'paused' : 'done' });
      return answer;
    },
    lookAfterEvents: async (input) => {
      const answer = await activities.lookAfterEvents(input);
      lookedAfter.inc({ verdict: 'renewed' }, answer.renewed);
      lookedAfter.inc({ verdict: 'returned' }, answer.returned);
      lookedAfter.inc({ verdict: 'dead_lettered' }, answer.deadLettered);
      return answer;
    },
  };
}

export function measuredOdoo(activities: OdooActivities, metrics: Metrics): OdooActivities {
  const { pulls, pullFailures, acknowledgements } = metrics;
  return {
    ...activities,
    pullPage: async (request) => {
      const { source } = request;
      const stop = pulls.startTimer({ source });
      const page = await orElse(activities.pullPage(request), (error) => {
        stop({ outcome: 'failed' });
        pullFailures.inc({ source, code: plainFailure(error).code });
      });
      stop({ outcome: page.kind });
      return page;
    },
    acknowledge: async (request) => {
      const stop = acknowledgements.startTimer({ source: request.source });
      const answer = await orElse(activities.acknowledge(request), () => {
        stop({ outcome: 'failed' });
      });
      stop({ outcome: 'done' });
      return answer;
    },
  };
}

async function orElse<T>(work: Promise<T>, failed: (error: unknown) => void): Promise<T> {
  try {
    return await work;
  } catch (error) {
    failed(error);
    throw error;
  }
}

/** Once per process: a pool is its own. */
export function watchPool(store: Pick<Store, 'connections'>, metrics: Metrics): void {
  const help = 'Connections of the pool: open ones, of these idle ones, and who waits for one.';
  metrics.gauge('jisr_store_connections', help, ['state'], (gauge) => {
    for (const [state, count] of Object.entries(store.connections())) gauge.set({ state }, count);
  });
}
