// The deliveries of one event while its workflow runs: which are under way, which are dead.
// Decides nothing about the event: it only keeps what the activities answer.
import {
  CancellationScope,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
} from '@temporalio/workflow';
import type {
  DeliverAnswer,
  DeliveryActivities,
  DeliveryFailure,
  DeliveryRef,
  DeliveryToMake,
  FirstTryActivities,
  RunRef,
} from '../contracts/activities';
import { DELIVERY_TASK_QUEUE } from '../contracts/names';
import { BY_THE_SCHEDULE, ONE_QUICK_TRY } from '../contracts/retry-policies';
import type { EventState } from '../domain/event-state';

/** Half the cost and the latency of a normal activity; the HTTP call in it ends before 2 s. */
const firstTry = proxyLocalActivities<FirstTryActivities>({
  startToCloseTimeout: '3s',
  retry: ONE_QUICK_TRY,
});
/** Hours of retries add nothing to the history. A subscriber has 15 s for its answer. */
const bySchedule = proxyActivities<DeliveryActivities>({
  taskQueue: DELIVERY_TASK_QUEUE,
  startToCloseTimeout: '60s',
  retry: BY_THE_SCHEDULE,
});

export interface DeadDelivery extends DeliveryFailure {
  readonly subscription: string;
}

interface Running {
  readonly name: string;
  readonly scope: CancellationScope;
  isFirstTry: boolean;
}

export class Deliveries {
  private readonly running = new Map<string, Running>();
  private readonly deadOnes = new Map<string, DeadDelivery>();
  private readonly heard: EventState[] = [];
  private failure: { readonly error: unknown } | null = null;
  /** A newer run has the event. */
  superseded = false;

  constructor(private readonly run: RunRef) {}

  /** Those that are under way already go on. */
  start(deliveries: readonly DeliveryToMake[]): void {
    for (const delivery of deliveries) {
      if (this.running.has(delivery.id)) continue;
      this.deadOnes.delete(delivery.id);
      const scope = new CancellationScope();
      const running = { name: delivery.subscription, scope, isFirstTry: false };
      this.running.set(delivery.id, running);
      void this.make(delivery, running);
    }
  }

  /** Begins them anew: what waits for its next try waits no longer. A first try is not cut off, and ends in seconds. */
  startNow(deliveries: readonly DeliveryToMake[]): void {
    for (const { id } of deliveries) {
      const running = this.running.get(id);
      if (running === undefined || running.isFirstTry) continue;
      running.scope.cancel();
      this.running.delete(id);
    }
    this.start(deliveries);
  }

  /** Something ended, was put off, or failed. */
  hasNews(): boolean {
    return this.heard.length > 0 || this.superseded || this.failure !== null;
  }

  /** The last state that an activity answered; null without news. Throws what no retry mends. */
  takeNews(): EventState | null {
    if (this.failure !== null) throw this.failure.error;
    return this.heard.splice(0).at(-1) ?? null;
  }

  isOver(): boolean {
    return this.running.size === 0;
  }

  underWay(): readonly string[] {
    return [...this.running.values()].map(({ name }) => name);
  }

  dead(): readonly DeadDelivery[] {
    return [...this.deadOnes.values()];
  }

  /** Gives up what is under way or waits for its next try, and forgets the dead: the store knows what they are. */
  end(): void {
    for (const { scope } of this.running.values()) scope.cancel();
    this.deadOnes.clear();
  }

  private async make(delivery: DeliveryToMake, running: Running): Promise<void> {
    const { scope } = running;
    try {
      let answer = await scope.run(() => this.deliver(delivery, running));
      // Scheduled before a Reset, it came in the name of the run before: once more, in our own.
      if (answer.kind === 'older') answer = await scope.run(() => this.bySchedule(delivery));
      // Asked for again while it was tried: that try settled nothing.
      while (answer.kind === 'later') answer = await scope.run(() => this.bySchedule(delivery));
      if (answer.kind === 'older') this.superseded = true;
      if (answer.kind !== 'settled') return;
      if (answer.delivery === 'dead') this.deadOnes.set(delivery.id, toDead(delivery, answer.failure));
      this.heard.push(answer.status);
    } catch (error) {
      if (!isCancellation(error) || CancellationScope.current().consideredCancelled) this.failure = { error };
    } finally {
      // Not the one that was started in its place.
      if (this.running.get(delivery.id) === running) this.running.delete(delivery.id);
    }
  }

  private async deliver(delivery: DeliveryToMake, running: Running): Promise<DeliverAnswer> {
    const input = { ...this.run, id: delivery.id };
    if (!delivery.tried) {
      running.isFirstTry = true;
      const answer = await this.tryFirst(input);
      running.isFirstTry = false;
      if (answer !== null && answer.kind !== 'later') return answer;
      if (answer !== null) this.heard.push(answer.status);
    }
    return this.bySchedule(delivery);
  }

  private bySchedule(delivery: DeliveryToMake): Promise<DeliverAnswer> {
    const summary = `deliver to ${delivery.subscription}`;
    return bySchedule.deliver.executeWithOptions({ summary }, [{ ...this.run, id: delivery.id }]);
  }

  /** Null when something else than the subscriber failed; the schedule takes over, visibly. */
  private async tryFirst(input: DeliveryRef): Promise<DeliverAnswer | null> {
    try {
      return await firstTry.deliverQuickly(input);
    } catch (error) {
      // By no other class; see first-locally.
      if (isCancellation(error)) throw error;
      return null;
    }
  }
}

function toDead({ subscription }: DeliveryToMake, failure: DeliveryFailure | null): DeadDelivery {
  return { subscription, code: failure?.code ?? 'unknown', message: failure?.message ?? '' };
}
