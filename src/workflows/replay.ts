// A bulk act on events, from its plan to its end. Its row in the store says how far it is; this run only sees to it
// that somebody goes on with it, and shows it.
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
  setHandler,
} from '@temporalio/workflow';
import type { HandOnAnswer, ReplayActivities, ReplayChange, ReplayProgress } from '../contracts/activities';
import {
  abortSignal,
  pauseSignal,
  replayChangedSignal,
  replayQuery,
  resumeSignal,
} from '../contracts/messages';
import { UNTIL_THE_STORE_ANSWERS } from '../contracts/retry-policies';
import type { ReplayInput } from '../contracts/workflows';
import { isOpen } from '../domain/replay';
import { hasLongHistory } from './history';
import { replayDetails } from './replay-details';

/** It goes on for some seconds, so it must be seen to live. */
const { handOn } = proxyActivities<ReplayActivities>({
  startToCloseTimeout: '60s',
  heartbeatTimeout: '5s',
  retry: UNTIL_THE_STORE_ANSWERS,
});
/** One small statement. */
const { changeReplay } = proxyActivities<ReplayActivities>({
  startToCloseTimeout: '30s',
  retry: UNTIL_THE_STORE_ANSWERS,
});

/** The net under the signal that says that the row was changed. */
const PAUSED_LOOK_MS = 60_000;
/** Nothing is handed on while processing is paused. */
const HELD_LOOK_MS = 5_000;

type Wanted = Omit<ReplayChange, 'id'>;

/** Answers how it ended; null when the store does not know it. */
export async function ReplayWorkflow(input: ReplayInput): Promise<ReplayProgress | null> {
  const { id } = input;
  /** What was asked by signal and is not written yet. */
  const asked: Wanted[] = [];
  let progress: ReplayProgress | null = null;
  let woken = false;
  setHandler(pauseSignal, (note) => void asked.push({ to: 'paused', reason: note?.reason ?? null }));
  setHandler(resumeSignal, () => void asked.push({ to: 'running', reason: null }));
  setHandler(abortSignal, (note) => void asked.push({ to: 'aborted', reason: note?.reason ?? null }));
  setHandler(replayChangedSignal, () => {
    woken = true;
  });
  setHandler(replayQuery, () => progress);
  const isAsked = () => asked.length > 0;
  const write = async () => {
    for (let wanted = asked.shift(); wanted !== undefined; wanted = asked.shift()) {
      await changeReplay({ id, ...wanted });
      // The activity that is under way may answer with what was before.
      woken = true;
    }
  };

  try {
    for (;;) {
      await write();
      woken = false;
      let isOver = false;
      const shift: Promise<HandOnAnswer> = handOn({ id }).finally(() => {
        isOver = true;
      });
      // Awaited below; until then a failure must not end the run.
      shift.catch(() => undefined);
      // What is asked meanwhile is written at once: the activity sees it between two pages.
      for (;;) {
        await condition(() => isOver || isAsked());
        if (!isAsked()) break;
        await write();
      }
      const answer = await shift;
      ({ progress } = answer);
      if (progress === null) return null;
      const { leftToTell = 0 } = answer;
      setCurrentDetails(replayDetails(progress));
      if (!isOpen(progress.state) && leftToTell === 0) return progress;
      if (hasLongHistory(input.maxHistoryEvents) && !isAsked()) {
        await condition(allHandlersFinished);
        await continueAsNew<typeof ReplayWorkflow>(input);
      }
      // Also of one that is paused or over: the events of its last page are handed on.
      if (leftToTell > 0) continue;
      const lookMs = progress.state === 'paused' ? PAUSED_LOOK_MS : HELD_LOOK_MS;
      if (progress.state === 'paused' || progress.waitsFor === 'processing-paused')
        await condition(() => woken || isAsked(), lookMs, { summary: 'look whether it may go on' });
    }
  } catch (error) {
    if (isCancellation(error))
      await CancellationScope.nonCancellable(() =>
        changeReplay({ id, to: 'aborted', reason: 'its workflow was cancelled' }),
      );
    throw error;
  }
}
