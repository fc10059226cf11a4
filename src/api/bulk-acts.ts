// Asks for a bulk act: says what it would do, or plans it and has it begin. Never acts on an event itself.
import type { Request, Response } from 'express';
import { BridgeUnavailable } from '../control/ask';
import type { BulkAct, ReplayScope } from '../domain/replay';
import { subscriptionIdOf } from '../store/deliveries/list';
import type { ReplayFilter } from '../store/replays/filter';
import { planEvents } from '../store/replays/plan';
import { createReplay } from '../store/replays/rows';
import { readSubscription } from '../store/subscriptions';
import { actorOf } from './auth';
import type { ApiDependencies } from './dependencies';
import { expectNoQuery } from './parse';
import { presentEvent } from './present';
import { Problem } from './problem';

export interface AskedAct {
  readonly act: BulkAct;
  readonly scope: ReplayScope;
  readonly filter: ReplayFilter;
  /** An id or a name; none means all. */
  readonly subscription: string | undefined;
  readonly ratePerSecond: number;
  readonly reason: string;
  readonly isDryRun: boolean;
}

/** Dry: 200 with what would be done. Else 202 with the id under which it is seen and held. */
export async function answerBulkAct(
  { store, replayRuns, temporalUi, log }: ApiDependencies,
  request: Request,
  response: Response,
  read: (body: unknown) => AskedAct,
): Promise<void> {
  expectNoQuery(request);
  const { subscription, isDryRun, ...asked } = read(request.body);
  const subscriptionId = subscription === undefined ? null : await openSubscription(subscription, asked.act);
  const { filter, act, scope } = asked;
  const plan = { act, scope, subscriptionId, errorClass: filter.errorClass ?? null };
  const { count, withoutPayload, lastSeq, sample } = await planEvents(store.db, filter, plan);
  if (isDryRun) {
    const events = sample.map((event) => presentEvent(event, temporalUi));
    response.json({ count, without_payload: withoutPayload, sample: events });
    return;
  }
  const planned = count + withoutPayload;
  const replay = await createReplay(store.db, {
    ...asked,
    subscriptionId,
    planned,
    lastSeq,
    actor: actorOf(),
  });
  // It is durable: where Temporal is away, whoever looks after the workflows starts it within seconds.
  await replayRuns.start(replay).catch((error: unknown) => {
    if (!(error instanceof BridgeUnavailable)) throw error;
    log.warn({ replay: replay.id }, 'a bulk act was planned and could not be started yet: is Temporal up?');
  });
  response.status(202).json({ id: replay.id });

  async function openSubscription(idOrName: string, wanted: BulkAct): Promise<string> {
    const id = await subscriptionIdOf(store.db, idOrName);
    const found = id === null ? null : await readSubscription(store.db, id);
    const list = 'GET /api/v1/subscriptions lists them';
    if (found === null) throw new Problem(404, `no subscription has the id or name "${idOrName}": ${list}`);
    if (wanted === 'discard') return found.id;
    if (found.status === 'deleted')
      throw new Problem(
        409,
        `the subscription "${found.name}" is deleted: nothing can be sent to it any more`,
      );
    if (found.status === 'disabled')
      throw new Problem(
        409,
        `the subscription "${found.name}" is disabled: resume it, then ask for this again`,
      );
    return found.id;
  }
}
