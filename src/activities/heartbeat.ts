// Beats while an activity works, so that a killed worker is noticed in seconds and not at its timeout.
import { Context } from '@temporalio/activity';

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
