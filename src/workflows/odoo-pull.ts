// The pull loop of one source. Decides when to pull; never talks to Odoo or the database.
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  proxyActivities,
  rootCause,
  setHandler,
} from '@temporalio/workflow';
import type { StorageActivities } from '../contracts/activities';
import {
  configureUpdate,
  pauseSignal,
  pullFailedSignal,
  pullNowSignal,
  pullStatusQuery,
  reloadSignal,
  resumeSignal,
} from '../contracts/messages';
import { UNTIL_THE_STORE_ANSWERS } from '../contracts/retry-policies';
import type { PullInput } from '../contracts/workflows';
import { nextStep, type SyncStep } from '../domain/sync';
import type { DueReport } from '../domain/sync-report';
import { hasLongHistory } from './history';
import { Interruptible } from './interruptible';
import { courtesy, odoo } from './odoo-activities';
import { PullState, refuseConfigure } from './pull-state';

/** Settings: small statements, safe to repeat. One that dies with its worker is not waited for long. */
const { loadSource, saveSource } = proxyActivities<StorageActivities>({
  startToCloseTimeout: '10s',
  retry: UNTIL_THE_STORE_ANSWERS,
});

export async function OdooPullWorkflow(input: PullInput): Promise<void> {
  const state = new PullState(input);
  const pulling = new Interruptible();
  const acknowledging = new Interruptible();
  // Two pages may be on their way to be marked, so that the next one is there when Odoo is done with one.
  let acknowledged: Promise<void> = Promise.resolve();
  let acknowledgedBefore: Promise<void> = acknowledged;
  // Between two tries of a failing call nothing is running that could be lost.
  const interruptIfFailing = () => {
    if (!state.isFailing()) return;
    pulling.interrupt();
    acknowledging.interrupt();
  };
  setHandler(pauseSignal, (note) => {
    interruptIfFailing();
    state.pause(note?.reason ?? null);
  });
  setHandler(resumeSignal, () => {
    state.resume();
  });
  setHandler(pullNowSignal, () => {
    interruptIfFailing();
    state.pullNow();
  });
  setHandler(reloadSignal, () => {
    state.reload();
  });
  setHandler(pullFailedSignal, (failure) => {
    state.fail(failure);
  });
  setHandler(pullStatusQuery, () => state.status(pulling.isRunning()));
  setHandler(
    configureUpdate,
    async ({ intervalMs, limit }) => {
      const change = {
        ...(intervalMs === undefined ? {} : { intervalMs }),
        ...(limit === undefined ? {} : { limitRows: limit }),
      };
      return state.setup(await saveSource({ source: input.source, ...change }));
    },
    { validator: refuseConfigure },
  );

  const acknowledge = async (ids: readonly number[]) => {
    const answer = await acknowledging.run(() =>
      odoo.acknowledge.executeWithOptions(
        { summary: `mark ${ids.length} rows of ${input.source} processed` },
        [{ source: input.source, ids }],
      ),
    );
    if (answer === 'interrupted') state.sweepDue();
    else state.acknowledged(answer);
  };
  const pull = async (step: SyncStep & { kind: 'pull' }) => {
    // A sweep that begins would see again what is about to be marked.
    if (step.sweep && step.cursor === 0) await acknowledged;
    const summary = `${step.sweep ? 'sweep' : 'pull'} ${input.source} after ${step.cursor}`;
    const request = { source: input.source, cursor: step.cursor, ...state.pullSettings() };
    const answer = await pulling.run(() => odoo.pullPage.executeWithOptions({ summary }, [request]));
    if (answer === 'interrupted') return;
    if (answer.kind === 'held') {
      state.hold();
      return;
    }
    state.page(step, answer);
    await acknowledgedBefore;
    if (answer.ids.length === 0) return;
    acknowledgedBefore = acknowledged;
    acknowledged = Promise.all([acknowledged, acknowledge(answer.ids)]).then(() => undefined);
    // Awaited later; until then a cancelled workflow must not trip over it.
    acknowledged.catch(() => undefined);
  };

  /** Never awaited: pulling goes on meanwhile, and one that continue-as-new cuts off is made up for. */
  const report = async (due: DueReport) => {
    const { lastEventId, eventsSynced } = due;
    try {
      await courtesy.reportSync({ source: input.source, lastEventId, eventsSynced });
      state.reported(due, null);
    } catch (error) {
      state.reported(due, rootCause(error) ?? 'unknown');
    }
  };

  for (;;) {
    if (state.takeReload()) state.setup(await loadSource({ source: input.source }));
    const unsaved = state.takeUnsaved();
    if (unsaved !== null) await saveSource(unsaved);
    if (hasLongHistory(input.maxHistoryEvents)) {
      await acknowledged;
      await condition(allHandlersFinished);
      await continueAsNew<typeof OdooPullWorkflow>({ ...input, state: state.carried() });
    }
    const step = nextStep(state.sync, Date.now());
    if (step.kind === 'pull') {
      await pull(step);
      const due = state.takeReport();
      if (due !== null) void report(due);
    } else await state.news(step.untilMs);
  }
}
