// The events of a batch: taken in hand together, records side by side, a record's events one after another, each
// delivery tried once. What that does not finish leaves the batch for a workflow of its own.
import type { BatchActivities, BatchRun, DeliverAnswer, DeliveryRef } from '../contracts/activities';
import type { DispatchBell } from '../contracts/event-runs';
import { isClosed, isInHand } from '../domain/event-state';
import { standingOf } from '../domain/run';
import type { Database } from '../store/database';
import { takeMarkOff } from '../store/deliveries/of-events';
import { handOver } from '../store/events/hand-over';
import { completeEvents, routeEvents, type Routed } from '../store/events/route';
import type { RunOfEvent } from '../store/events/rows';
import { FIRST_TRY_MS, type Attempts } from './attempts';
import { endWithoutSending } from './endings';
import { withHeartbeat } from './heartbeat';
import { nextStep } from './next-step';
import { rowIds } from './pushed-ids';

export interface BatchDependencies {
  readonly db: Database;
  readonly attempts: Attempts;
  readonly acknowledgesPushes: (source: string) => boolean;
  readonly bell: Pick<DispatchBell, 'ring'>;
}

/** Records under way at one time: those that wait for a commit fill it together. */
const RECORDS_AT_ONCE = 100;

/** `closed`: with its event. `left`: it needs more than one try. */
type Outcome = 'closed' | 'done' | 'left';

export function createBatchActivities({
  db,
  attempts,
  acknowledgesPushes,
  bell,
}: BatchDependencies): BatchActivities {
  return {
    processBatch: (batch) =>
      withHeartbeat(async (signal) => {
        const toRun = (key: string): RunOfEvent => ({
          key,
          runId: batch.runId,
          workflowId: batch.workflowId,
        });
        const runs = batch.records.flatMap(({ keys }) => keys.map(toRun));
        const routed = await routeEvents(db, runs);
        const taken = new Map(
          runs.flatMap((run, place) => {
            const event = routed[place] ?? null;
            return event === null || event.standing === 'older' ? [] : [[run.key, event] as const];
          }),
        );
        const open = batch.records
          .map(({ keys }) => keys.filter((key) => isOpen(taken.get(key))))
          .filter((keys) => keys.length > 0);
        const left: string[] = [];
        const toClose: string[] = [];
        await sideBySide(open, RECORDS_AT_ONCE, async (keys, hasFailed) => {
          for (const [place, key] of keys.entries()) {
            signal.throwIfAborted();
            if (hasFailed()) return;
            const outcome = await deliverAll(batch, key, taken.get(key));
            if (outcome === 'done') toClose.push(key);
            if (outcome !== 'left') continue;
            // Those behind it wait for it, as they would have without a batch.
            left.push(...keys.slice(place));
            return;
          }
        });
        const ends = await completeEvents(db, toClose.map(toRun));
        // Asked for again meanwhile; one whose row is gone is done.
        left.push(...toClose.filter((_, place) => isInHand(ends[place] ?? 'processed')));
        if ((await handOver(db, left.map(toRun))) > 0) bell.ring();
        const pushed = [...taken.values()].map(({ pushId }) => pushId);
        return {
          done: taken.size - left.length,
          handedOver: left.length,
          acknowledge: acknowledgesPushes(batch.source) ? pushed.flatMap(rowIds) : [],
        };
      }),
  };

  async function deliverAll(batch: BatchRun, key: string, event: Routed | undefined): Promise<Outcome> {
    const ids = event?.waiting.map(({ id }) => id) ?? [];
    const outcomes: Outcome[] = [];
    await sideBySide(ids, ids.length, async (id) => {
      outcomes.push(await deliverOnce({ key, runId: batch.runId, id }));
    });
    if (outcomes.includes('left')) return 'left';
    return outcomes.includes('closed') ? 'closed' : 'done';
  }

  async function deliverOnce(ref: DeliveryRef): Promise<Outcome> {
    const loaded = await attempts.load(ref.id);
    if (loaded === null || loaded.state !== 'waiting') return 'done';
    if (standingOf(loaded.event, ref.runId) !== 'repeat') return 'done';
    const next = nextStep(loaded);
    if (loaded.toOpen) await takeMarkOff(db, loaded);
    if (next.kind === 'wait') return 'left';
    if (next.kind === 'end')
      return next.as === 'disabled'
        ? 'left'
        : outcomeOf(await endWithoutSending(attempts.settle, ref, loaded, next.as));
    if (attempts.destinations.isCutOff(loaded.subscription.url)) return 'left';
    const how = { timeoutMs: FIRST_TRY_MS, inBatch: true, probes: next.probes };
    const made = await attempts.make(ref, loaded, how);
    return 'putOff' in made ? 'left' : outcomeOf(made.answer);
  }
}

function outcomeOf(answer: DeliverAnswer): Outcome {
  if (answer.kind === 'later') return 'left';
  return answer.kind === 'settled' && isClosed(answer.status) ? 'closed' : 'done';
}

function isOpen(event: Routed | undefined): boolean {
  return event !== undefined && event !== null && !isClosed(event.status);
}

/** Where one fails no further one begins, and all that began have ended when it throws. */
async function sideBySide<T>(
  all: readonly T[],
  atOnce: number,
  work: (one: T, hasFailed: () => boolean) => Promise<void>,
): Promise<void> {
  const queue = all.values();
  const failures: unknown[] = [];
  const hasFailed = () => failures.length > 0;
  const worker = async () => {
    for (const one of queue) {
      if (hasFailed()) return;
      await work(one, hasFailed).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, all.length) }, worker));
  if (hasFailed()) throw failures[0];
}
