// One event on its way: take it in hand, deliver it, close it; park it where it needs a person. Its row in the
// inbox, not this run, says how far it is, so it may be reset, repeated or lost at any point.
import {
  ApplicationFailure,
  condition,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { StorageActivities } from '../contracts/activities';
import { deliverNowSignal, discardSignal, eventQuery, retrySignal } from '../contracts/messages';
import { ONE_QUICK_TRY, UNTIL_THE_STORE_ANSWERS } from '../contracts/retry-policies';
import { EVENT_STATUS } from '../contracts/search-attributes';
import type { EventToProcess } from '../contracts/workflows';
import type { EventState } from '../domain/event-state';
import { deadLetterDetails } from './dead-letter-details';
import { Deliveries } from './deliveries';
import { firstLocally } from './first-locally';
import { odoo } from './odoo-activities';

/** One workflow task for the whole fast path. */
const quick = proxyLocalActivities<StorageActivities>({
  startToCloseTimeout: '3s',
  retry: ONE_QUICK_TRY,
});
/** Trouble with the store shows in the Web UI as a pending activity. */
const patient = proxyActivities<StorageActivities>({
  startToCloseTimeout: '30s',
  retry: UNTIL_THE_STORE_ANSWERS,
});
const route = firstLocally(quick.route, patient.route);
const complete = firstLocally(quick.complete, patient.complete);

type Command =
  | { readonly kind: 'retry' }
  | { readonly kind: 'discard'; readonly reason: string | null; readonly actor: string | null };

/** Answers the state the event is in when this run leaves it; null when the inbox does not know it. */
export async function ProcessEventWorkflow(event: EventToProcess): Promise<EventState | null> {
  const run = { key: event.key, runId: workflowInfo().runId };
  const deliveries = new Deliveries(run);
  const asked: Command[] = [];
  /** So often was it told not to wait. */
  let nudges = 0;
  let status: EventState = 'pending';
  let shown: EventState = 'processing';
  // The answers of deliveries that end together may come in another order than they were written in.
  const current = () => (deliveries.dead().length > 0 ? 'dead_letter' : status);
  /** A signal counts only for a dead letter: Reset gives old ones again. */
  const ask = (wanted: Command) => {
    if (current() === 'dead_letter') asked.push(wanted);
  };
  setHandler(eventQuery, () => ({
    ...event,
    status: current(),
    delivering: deliveries.underWay(),
    dead: deliveries.dead(),
  }));
  setHandler(retrySignal, () => {
    ask({ kind: 'retry' });
  });
  setHandler(discardSignal, (note) => {
    ask({ kind: 'discard', reason: note?.reason ?? null, actor: note?.actor ?? null });
  });
  setHandler(deliverNowSignal, () => {
    nudges += 1;
  });
  const show = () => {
    const isDead = current() === 'dead_letter';
    if (isDead || shown === 'dead_letter')
      setCurrentDetails(isDead ? deadLetterDetails(event, deliveries.dead()) : '');
    if (current() !== shown) upsertSearchAttributes([{ key: EVENT_STATUS, value: current() }]);
    shown = current();
  };

  const routed = await route(run);
  if (routed === null) return null;
  ({ status } = routed);
  if (routed.standing === 'older') return status;
  const { acknowledge: ids, deadLetterMs } = routed;
  const acknowledged = ids.length === 0 ? null : odoo.acknowledge({ source: event.source, ids });
  // Awaited at the end; until then a cancelled workflow must not trip over it.
  acknowledged?.catch(() => undefined);
  deliveries.start(routed.deliveries);

  for (;;) {
    const isDead = current() === 'dead_letter';
    const news = () =>
      nudges > 0 || asked.length > 0 || deliveries.hasNews() || (!isDead && deliveries.isOver());
    if (!isDead) await condition(news);
    // What is still on its way ends first: nobody would make it after this run.
    else if (!(await condition(news, deadLetterMs, { summary: 'waits for a person' })) && deliveries.isOver())
      throw ApplicationFailure.nonRetryable('nobody attended to this dead letter', 'dead-letter-expired');
    status = deliveries.takeNews() ?? status;
    if (deliveries.superseded) break;
    if (nudges > 0) {
      nudges = 0;
      const due = await patient.due(run);
      if (due === null) break;
      ({ status } = due);
      deliveries.startNow(due.deliveries);
      show();
      continue;
    }
    const wanted = asked.shift();
    if (wanted?.kind === 'discard') {
      deliveries.end();
      const { reason, actor } = wanted;
      status = (await patient.discard({ ...run, reason, actor })) ?? status;
      break;
    }
    if (wanted?.kind === 'retry') {
      const reopened = await patient.reopen(run);
      if (reopened === null) break;
      ({ status } = reopened);
      deliveries.start(reopened.deliveries);
    } else if (current() !== 'dead_letter' && deliveries.isOver()) {
      if (status !== 'processed') status = (await complete(run)) ?? status;
      if (current() !== 'dead_letter' && nudges === 0) break;
    }
    show();
  }
  deliveries.end();
  show();
  await acknowledged;
  return current();
}
