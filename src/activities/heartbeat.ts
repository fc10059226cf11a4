// Beats while an activity works, so that a killed worker is noticed in seconds and not at its timeout.
import { CancelledFailure, Context } from '@temporalio/activity';

const BEAT_MS = 1_000;

/** @param signal aborted when the activity is cancelled, or its worker shuts down and the grace is over */
export async function withHeartbeat<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const context = Context.current();
  const beat = setInterval(() => {
    context.heartbeat();
  }, BEAT_MS);
  try {
    return await work(context.cancellationSignal);
  } finally {
    clearInterval(beat);
  }
}

/** By the activity's own: a batch makes hundreds of attempts, and a listener for each would stay until it ends. */
const stopSignals = new WeakMap<AbortSignal, AbortSignal>();

/** Aborted when the worker stops, and not when the run gives the activity up: what is under way then ends, and is kept. */
export function workerStops(): AbortSignal {
  const { cancellationSignal: cancelled } = Context.current();
  const known = stopSignals.get(cancelled);
  if (known !== undefined) return known;
  const stops = new AbortController();
  stopSignals.set(cancelled, stops.signal);
  const look = () => {
    const reason: unknown = cancelled.reason;
    if (reason instanceof CancelledFailure && reason.message === 'WORKER_SHUTDOWN') stops.abort(reason);
  };
  if (cancelled.aborted) look();
  else cancelled.addEventListener('abort', look, { once: true });
  return stops.signal;
}
