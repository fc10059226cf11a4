// Activities that only need the store.
import type {
  DeliveryToMake,
  ReopenAnswer,
  RunRef,
  SourceSetup,
  StorageActivities,
} from '../contracts/activities';
import type { SyncSettings } from '../domain/sync';
import { createGroupCommit } from '../intake/group-commit';
import type { Database } from '../store/database';
import { discardEvent, dueOf, reopen, type Acted } from '../store/deliveries/acts';
import type { EventDelivery } from '../store/deliveries/of-events';
import { completeEvents, routeEvents } from '../store/events/route';
import { readSourceSettings, writeProcessingSettings, writeSourceSettings } from '../store/settings';
import { rowIds } from './pushed-ids';

export interface StorageDependencies {
  readonly db: Database;
  /** As configured; what is set at run time wins. */
  readonly configured: (source: string) => SyncSettings;
  /** Whether Odoo is told how far pulling has come. */
  readonly reportsSync: (source: string) => boolean;
  /** Whether Odoo is told of pushed events too: both channels of the source count with one sequence. */
  readonly acknowledgesPushes: (source: string) => boolean;
  /** So long a dead letter waits for a person. */
  readonly deadLetterMs: number;
}

/** Events routed or closed in one transaction: runs side by side bring many small ones. */
const MAX_GROUP_EVENTS = 200;

export function createStorageActivities(dependencies: StorageDependencies): StorageActivities {
  const { db, configured, reportsSync, acknowledgesPushes, deadLetterMs } = dependencies;
  const routing = createGroupCommit(
    async (runs: readonly RunRef[]) =>
      (await routeEvents(db, runs.map(inOwnWorkflow))).map((routed) => ({ routed })),
    MAX_GROUP_EVENTS,
  );
  const closing = createGroupCommit(
    async (runs: readonly RunRef[]) =>
      (await completeEvents(db, runs.map(inOwnWorkflow))).map((status) => ({ status })),
    MAX_GROUP_EVENTS,
  );

  async function setupOf(source: string): Promise<SourceSetup> {
    const set = await readSourceSettings(db, source);
    const settings = configured(source);
    return {
      paused: set.paused,
      pausedReason: set.pausedReason,
      reportsSync: reportsSync(source),
      settings: {
        intervalMs: set.intervalMs ?? settings.intervalMs,
        limitRows: set.limitRows ?? settings.limitRows,
        sweepIntervalMs: settings.sweepIntervalMs,
      },
    };
  }

  return {
    route: async (run) => {
      const { routed } = await routing.add(run);
      if (routed === null) return null;
      const { status, standing, waiting, source, pushId } = routed;
      const pushed = acknowledgesPushes(source) ? rowIds(pushId) : [];
      return {
        status,
        standing,
        deliveries: waiting.map(toMake),
        acknowledge: standing === 'older' ? [] : pushed,
        deadLetterMs,
      };
    },
    complete: async (run) => (await closing.add(run)).status,
    reopen: async (run) => toAnswer(await reopen(db, inOwnWorkflow(run))),
    due: async (run) => toAnswer(await dueOf(db, inOwnWorkflow(run))),
    discard: async ({ key, runId, reason, actor = null }) =>
      (await discardEvent(db, key, inOwnWorkflow({ key, runId }), reason, actor))?.status ?? null,
    loadSource: ({ source }) => setupOf(source),
    saveSource: async ({ source, ...change }) => {
      await writeSourceSettings(db, source, { ...(await readSourceSettings(db, source)), ...change });
      return setupOf(source);
    },
    saveProcessing: (pause) => writeProcessingSettings(db, pause),
  };
}

function inOwnWorkflow(run: RunRef) {
  return { ...run, workflowId: run.key };
}

function toAnswer(acted: Acted | null): ReopenAnswer {
  return acted === null ? null : { status: acted.status, deliveries: acted.waiting.map(toMake) };
}

function toMake({ id, subscription, tries }: EventDelivery): DeliveryToMake {
  return { id, subscription, tried: tries > 0 };
}
