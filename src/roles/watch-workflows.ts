// Keeps the workflows that run for ever running: at start, and again when Temporal's store was lost or
// somebody terminated one.
import type { Config } from '../config';
import { ensureWorkflows } from '../control/ensure-workflows';
import type { Logger } from '../logger';
import type { TemporalSession } from '../temporal/session';
import { pullingSources } from './sources';

const LOOK_EVERY_MS = 10_000;

/** Resolves when they run. Answers how to stop looking. */
export async function watchWorkflows(
  session: TemporalSession,
  config: Config,
  log: Logger,
): Promise<() => void> {
  const wanted = { sources: pullingSources(config) };
  await ensureWorkflows(session.client, wanted, true);
  let looking = false;
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    ensureWorkflows(session.client, wanted, false)
      .catch((error: unknown) => {
        log.warn({ error }, 'cannot see whether the workflows run: is Temporal up?');
      })
      .finally(() => {
        looking = false;
      });
  }, LOOK_EVERY_MS);
  return () => {
    clearInterval(timer);
  };
}
