// Starts ProcessEventWorkflow for what is pending, for ever. Decides when to look; never what to start.
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';
import type { DispatchActivities, StorageActivities } from '../contracts/activities';
import { dispatchStatusQuery, eventsAcceptedSignal, pauseSignal, resumeSignal } from '../contracts/messages';
import { UNTIL_THE_STORE_ANSWERS } from '../contracts/retry-policies';
import type { DispatchInput } from '../contracts/workflows';
import { hasLongHistory } from './history';

/** It goes on for some seconds while there is work, so it must be seen to live. */
const { startEvents, lookAfterEvents } = proxyActivities<DispatchActivities>({
  startToCloseTimeout: '60s',
  heartbeatTimeout: '5s',
  retry: UNTIL_THE_STORE_ANSWERS,
});
/** One small statement. */
const { saveProcessing } = proxyActivities<StorageActivities>({
  startToCloseTimeout: '30s',
  retry: UNTIL_THE_STORE_ANSWERS,
});

interface Pause {
  readonly paused: boolean;
  readonly reason: string | null;
}

export async function DispatchWorkflow(input: DispatchInput): Promise<void> {
  const counts = { started: 0, lostRuns: 0, deadLettered: 0, ...input.counts };
  /** What was asked by signal and is not written yet. */
  const asked: Pause[] = [];
  let pause: Pause = { paused: false, reason: null };
  let busy = false;
  let woken = true;
  let lookedAfterMs = 0;
  const ask = (wanted: Pause) => {
    asked.push(wanted);
    woken = true;
  };
  setHandler(eventsAcceptedSignal, () => {
    woken = true;
  });
  setHandler(pauseSignal, (note) => {
    ask({ paused: true, reason: note?.reason ?? null });
  });
  setHandler(resumeSignal, () => {
    ask({ paused: false, reason: null });
  });
  setHandler(dispatchStatusQuery, () => ({
    state: pause.paused ? 'paused' : busy ? 'dispatching' : 'idle',
    pausedReason: pause.reason,
    ...counts,
  }));

  for (;;) {
    // A pause lies in the store, where the door for pushes and every starter see it.
    for (let wanted = asked.shift(); wanted !== undefined; wanted = asked.shift())
      await saveProcessing(wanted);
    woken = false;
    busy = true;
    const answer = await startEvents();
    busy = false;
    counts.started += answer.started;
    pause = { paused: answer.paused, reason: answer.pausedReason };
    if (Date.now() - lookedAfterMs >= input.tickMs) {
      const nowMs = Date.now();
      const found = await lookAfterEvents({ closedSinceMs: lookedAfterMs });
      counts.lostRuns += found.returned;
      counts.deadLettered += found.deadLettered;
      lookedAfterMs = nowMs;
    }
    if (hasLongHistory(input.maxHistoryEvents) && asked.length === 0) {
      await condition(allHandlersFinished);
      await continueAsNew<typeof DispatchWorkflow>({ ...input, counts });
    }
    if (!answer.more) await condition(() => woken, input.tickMs, { summary: 'look at the inbox again' });
  }
}
