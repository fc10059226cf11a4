// Activities that only need the store.
import type { SourceSetup, StorageActivities } from '../contracts/activities';
import type { SyncSettings } from '../domain/sync';
import { createGroupCommit } from '../intake/group-commit';
import type { Database } from '../store/database';
import { completeEvents, routeEvents, type EventToRoute } from '../store/events/moves';
import { readSourceSettings, writeProcessingSettings, writeSourceSettings } from '../store/settings';

export interface StorageDependencies {
  readonly db: Database;
  /** As configured; what is set at run time wins. */
  readonly configured: (source: string) => SyncSettings;
  /** Whether somebody subscribed to it: then it is done only when it is delivered. */
  readonly isWanted: (event: EventToRoute) => boolean;
}

/** Events routed or closed in one transaction: runs side by side bring many small ones. */
const MAX_GROUP_EVENTS = 200;

export function createStorageActivities({
  db,
  configured,
  isWanted,
}: StorageDependencies): StorageActivities {
  const routing = createGroupCommit(
    async (runs: readonly { key: string; runId: string }[]) =>
      (await routeEvents(db, runs.map(inOwnWorkflow), isWanted)).map((answer) => ({ answer })),
    MAX_GROUP_EVENTS,
  );
  const closing = createGroupCommit(async (runs: readonly { key: string; runId: string }[]) => {
    await completeEvents(db, runs.map(inOwnWorkflow));
    return runs.map(() => true);
  }, MAX_GROUP_EVENTS);

  async function setupOf(source: string): Promise<SourceSetup> {
    const set = await readSourceSettings(db, source);
    const settings = configured(source);
    return {
      paused: set.paused,
      pausedReason: set.pausedReason,
      settings: {
        intervalMs: set.intervalMs ?? settings.intervalMs,
        limitRows: set.limitRows ?? settings.limitRows,
        sweepIntervalMs: settings.sweepIntervalMs,
      },
    };
  }

  return {
    route: async (run) => (await routing.add(run)).answer,
    complete: async (run) => {
      await closing.add(run);
    },
    loadSource: ({ source }) => setupOf(source),
    saveSource: async ({ source, ...change }) => {
      await writeSourceSettings(db, source, { ...(await readSourceSettings(db, source)), ...change });
      return setupOf(source);
    },
    saveProcessing: (pause) => writeProcessingSettings(db, pause),
  };
}

function inOwnWorkflow(run: { key: string; runId: string }) {
  return { ...run, workflowId: run.key };
}
