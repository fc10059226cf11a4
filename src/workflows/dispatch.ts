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

export async function DispatchWorkflow(input: DispatchInput): Promise<void> {
  const counts = { started: 0, lostRuns: 0, deadLettered: 0, ...input.counts };
  let pause: { paused: boolean; reason: string | null } | null = null;
  let paused = false;
  let pausedReason: string | null = null;
  let busy = false;
  let woken = true;
  let lookedAfterMs = 0;
  const setPause = (to: { paused: boolean; reason: string | null }) => {
    pause = to;
    woken = true;
  };
  setHandler(eventsAcceptedSignal, () => {
    woken = true;
  });
  setHandler(pauseSignal, (note) => setPause({ paused: true, reason: note?.reason ?? null }));
  setHandler(resumeSignal, () => setPause({ paused: false, reason: null }));
  setHandler(dispatchStatusQuery, () => ({
    state: paused ? 'paused' : busy ? 'dispatching' : 'idle',
    pausedReason,
    ...counts,
  }));
  // The pause itself lies in the store, where the door for pushes and every starter see it.
  const savePause = async () => {
    while (pause !== null) {
      const to: { paused: boolean; reason: string | null } = pause;
      pause = null;
      await saveProcessing(to);
    }
  };

  for (;;) {
    await savePause();
    woken = false;
    busy = true;
    const answer = await startEvents();
    busy = false;
    counts.started += answer.started;
    ({ paused, pausedReason } = answer);
    if (Date.now() - lookedAfterMs >= input.tickMs) {
      const nowMs = Date.now();
      const found = await lookAfterEvents({ closedSinceMs: lookedAfterMs });
      counts.lostRuns += found.returned;
      counts.deadLettered += found.deadLettered;
      lookedAfterMs = nowMs;
    }
    if (hasLongHistory(input.maxHistoryEvents) && pause === null) {
      await condition(allHandlersFinished);
      await continueAsNew<typeof DispatchWorkflow>({ ...input, counts });
    }
    if (!answer.more) await condition(() => woken, input.tickMs, { summary: 'look at the inbox again' });
  }
}
