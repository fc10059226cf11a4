// Keeps the workflows that run for ever running, bulk acts that are not over, and the schedules: at start, and again
// when Temporal's store was lost or somebody terminated one.
import type { Config } from '../config';
import { ensureWorkflows } from '../control/ensure-workflows';
import { createReplayRuns } from '../control/replay-runs';
import { ensureRetention, reviveRetention } from '../control/retention-schedule';
import type { Logger } from '../logger';
import type { Database } from '../store/database';
import type { TemporalSession } from '../temporal/session';
import { goOnWithReplays } from './replays';
import { pullingSources } from './sources';

const LOOK_EVERY_MS = 10_000;

/** Resolves when they run. Answers how to stop looking. */
export async function watchWorkflows(
  { client }: Pick<TemporalSession, 'client'>,
  config: Config,
  log: Logger,
  db: Database,
): Promise<() => void> {
  const wanted = { sources: pullingSources(config) };
  const { payloadDays } = config.retention;
  const replays = createReplayRuns(client);
  const look = async () => {
    await ensureWorkflows(client, wanted, false);
    await reviveRetention(client, payloadDays);
    await goOnWithReplays(db, replays);
  };
  await ensureWorkflows(client, wanted, true);
  await ensureRetention(client, payloadDays);
  await goOnWithReplays(db, replays);
  let looking = false;
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    look()
      .catch((error: unknown) => {
        log.warn({ err: error }, 'cannot see whether the workflows run: are Temporal and the database up?');
      })
      .finally(() => {
        looking = false;
      });
  }, LOOK_EVERY_MS);
  return () => {
    clearInterval(timer);
  };
}
