// How a run hears of what was marked in the store: the parked one of a dead letter by signal, else by a new start.
// Never marks anything itself, bar that an event waits again.
import type { EventSignal } from '../contracts/event-runs';
import type { EventState } from '../domain/event-state';
import { askRetry, returnToPending, type Asked } from '../store/deliveries/acts';
import { actorOf } from './auth';
import type { ApiDependencies } from './dependencies';

export interface EventOfRun {
  readonly key: string;
  readonly workflowId: string | null;
}

export interface RunTeller {
  /** Whether an open run heard of it. */
  signal(event: EventOfRun, act: EventSignal): Promise<boolean>;
  /** To the dispatcher, which starts a new run. */
  startAnew(key: string): Promise<void>;
  /** Of a dead letter, from the beginning of the schedule. */
  retry(event: EventOfRun, reason: string | null): Promise<Retried>;
}

/** `goesTo`: the state that the retried event is on its way to. */
export type Retried = Asked & { readonly goesTo: EventState };

export function createRunTeller({
  store,
  runs,
  bell,
}: Pick<ApiDependencies, 'store' | 'runs' | 'bell'>): RunTeller {
  const signal = (event: EventOfRun, act: EventSignal) => runs.signal(event.workflowId ?? event.key, act);
  const startAnew = async (key: string) => {
    await returnToPending(store.db, key);
    bell.ring();
  };
  return {
    signal,
    startAnew,
    async retry(event, reason) {
      const asked = await askRetry(store.db, event.key, reason, actorOf());
      if (asked.kind === 'unknown') return { ...asked, goesTo: 'pending' };
      if (asked.kind !== 'asked') return { ...asked, goesTo: asked.status };
      if (await signal(event, { kind: 'retry' })) return { ...asked, goesTo: 'processing' };
      await startAnew(event.key);
      return { ...asked, goesTo: 'pending' };
    },
  };
}
