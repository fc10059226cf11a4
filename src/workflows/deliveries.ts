// The deliveries of one event while its workflow runs: which are under way, which are dead.
// Decides nothing about the event: it only keeps what the activities answer.
import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { DeliverAnswer, DeliveryFailure, DeliveryToMake, RunRef } from '../contracts/activities';
import { furthest, type EventState } from '../domain/event-state';
import { bySchedule, tryFirst } from './tries';

export interface DeadDelivery extends DeliveryFailure {
  readonly subscription: string;
}

interface Running {
  readonly delivery: DeliveryToMake;
  readonly scope: CancellationScope;
  /** Null when what came first failed by something else than the subscriber. */
  readonly begun: Promise<DeliverAnswer | null>;
  isFirstTry: boolean;
}

export class Deliveries {
  private readonly running = new Map<string, Running>();
  private readonly deadOnes = new Map<string, DeadDelivery>();
  private readonly heard: EventState[] = [];
  /** Of first tries: their answers do not come in the order in which they were written down. */
  private readonly heardFirst: EventState[] = [];
  private failure: { readonly error: unknown } | null = null;
  /** A newer run has the event. */
  superseded = false;

  constructor(private readonly run: RunRef) {}

  /** Those that are under way already go on. */
  start(deliveries: readonly DeliveryToMake[]): void {
    const started = deliveries
      .filter(({ id }) => !this.running.has(id))
      .map((delivery) => {
        this.deadOnes.delete(delivery.id);
        const running = this.begin(delivery);
        this.running.set(delivery.id, running);
        return running;
      });
    // Nothing follows before all have answered: in a replay the answers of local activities come together, and in another
    // order, so what is done about each one at once would be done in another order than it is written in the history.
    const answered = Promise.allSettled(
      started.filter(({ isFirstTry }) => isFirstTry).map(({ begun }) => begun),
    );
    for (const running of started) void this.make(running, answered);
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
    const heard = this.heard.length + this.heardFirst.length;
    return heard > 0 || this.superseded || this.failure !== null;
  }

  /** The last state that an activity answered; null without news. Throws what no retry mends. */
  takeNews(): EventState | null {
    if (this.failure !== null) throw this.failure.error;
    const first = furthest(this.heardFirst.splice(0));
    return this.heard.splice(0).at(-1) ?? first;
  }

  isOver(): boolean {
    return this.running.size === 0;
  }

  underWay(): readonly string[] {
    return [...this.running.values()].map(({ delivery }) => delivery.subscription);
  }

  dead(): readonly DeadDelivery[] {
    return [...this.deadOnes.values()];
  }

  /** Gives up what is under way or waits for its next try, and forgets the dead: the store knows what they are. */
  end(): void {
    for (const { scope } of this.running.values()) scope.cancel();
    this.deadOnes.clear();
  }

  private begin(delivery: DeliveryToMake): Running {
    const scope = new CancellationScope();
    const begun = scope.run(() =>
      delivery.tried ? bySchedule(this.run, delivery) : tryFirst(this.run, delivery),
    );
    return { delivery, scope, begun, isFirstTry: !delivery.tried };
  }

  private async make(running: Running, firstTries: Promise<unknown>): Promise<void> {
    const { delivery, isFirstTry } = running;
    try {
      if (isFirstTry) await firstTries;
      const first = await running.begun;
      running.isFirstTry = false;
      if (isFirstTry && first?.kind === 'later') this.heardFirst.push(first.status);
      const answer = await this.untilSettled(running, first);
      if (answer.kind === 'older') this.superseded = true;
      if (answer.kind !== 'settled') return;
      if (answer.delivery === 'dead') this.deadOnes.set(delivery.id, toDead(delivery, answer.failure));
      (isFirstTry && answer === first ? this.heardFirst : this.heard).push(answer.status);
    } catch (error) {
      if (!isCancellation(error) || CancellationScope.current().consideredCancelled) this.failure = { error };
    } finally {
      // Not the one that was started in its place.
      if (this.running.get(delivery.id) === running) this.running.delete(delivery.id);
    }
  }

  private async untilSettled(
    { delivery, scope }: Running,
    first: DeliverAnswer | null,
  ): Promise<DeliverAnswer> {
    const again = () => scope.run(() => bySchedule(this.run, delivery));
    let answer = first ?? (await again());
    // Scheduled before a Reset, it came in the name of the run before: once more, in our own.
    if (answer.kind === 'older') answer = await again();
    // It waits for its next try, or was asked for again while it was tried: that try settled nothing.
    while (answer.kind === 'later') answer = await again();
    return answer;
  }
}

function toDead({ subscription }: DeliveryToMake, failure: DeliveryFailure | null): DeadDelivery {
  return { subscription, code: failure?.code ?? 'unknown', message: failure?.message ?? '' };
}
