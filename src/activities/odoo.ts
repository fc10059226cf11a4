// Activities that talk to Odoo. A page is committed before it is reported; an id is acknowledged only when
// the workflow says so, which it does after that.
import { Context, log } from '@temporalio/activity';
import type { OdooActivities } from '../contracts/activities';
import type { SyncFailure } from '../domain/sync';
import type { Accepted, IntakeSource } from '../intake/accepted';
import type { Intake } from '../intake/accept';
import type { OdooClient } from '../odoo/client';
import type { PulledPage } from '../odoo/shapes/pulled-page';
import { addToCounters, readTotals } from '../store/counters';
import type { Database } from '../store/database';
import { noteFailure, noteSuccess } from '../store/source-health';
import { markAll } from './acknowledge';
import type { DispatchBell } from '../contracts/event-runs';
import { plainFailure } from './failures';
import { withHeartbeat } from './heartbeat';
import { createPageFetcher } from './page-fetcher';
import { reportSync } from './report-sync';
import { createTurns } from './turns';

export interface PulledSource {
  readonly intake: IntakeSource;
  readonly client: OdooClient;
  /** Odoo is told in the name of this user how far pulling has come; null: it is not. */
  readonly syncUserId: number | null;
}

export interface OdooDependencies {
  readonly db: Database;
  readonly intake: Intake;
  readonly sources: ReadonlyMap<string, PulledSource>;
  readonly maxPending: number;
  readonly bell: DispatchBell;
  /** Tells the pull workflow of a failure that only the server would know of otherwise. */
  readonly reportFailure: (workflowId: string, failure: SyncFailure) => Promise<void>;
  readonly nowMs: () => number;
  /** Of Jisr. */
  readonly version: string;
}

/** Held back, pulling goes on when this much of the limit is left. */
const GO_ON_BELOW = 0.8;

export function createOdooActivities(dependencies: OdooDependencies): OdooActivities {
  const { db, intake, bell, maxPending, nowMs, version } = dependencies;
  const fetchPage = createPageFetcher(nowMs);
  const reported = new Map<string, string>();
  // Odoo marks no faster for two at once; the second is only to be here when the first is done.
  const oneMarking = createTurns();

  function sourceOf(name: string): PulledSource {
    const source = dependencies.sources.get(name);
    if (source === undefined)
      throw new Error(`source "${name}" is not configured: set its URL, or terminate its workflow`);
    return source;
  }

  /** Once per failure class and outage: a signal costs history while the activity is pending. */
  async function report(source: string, error: unknown): Promise<void> {
    const failure = { ...plainFailure(error), atMs: nowMs() };
    const { workflowExecution, attempt } = Context.current().info;
    // Best effort all three: the failure itself is what matters, and it is thrown anyway.
    await noteFailure(db, source, failure).catch(() => undefined);
    if (attempt > 1 && reported.get(source) === failure.code) return;
    reported.set(source, failure.code);
    await dependencies.reportFailure(workflowExecution?.workflowId ?? '', failure).catch(() => undefined);
  }

  async function visibly<T>(source: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return withHeartbeat(async (signal) => {
      try {
        return await work(signal);
      } catch (error) {
        if (!signal.aborted) await report(source, error);
        throw error;
      }
    });
  }

  return {
    pullPage: (request) =>
      visibly(request.source, async (signal) => {
        const { pending } = (await readTotals(db)).states;
        if (pending > maxPending * (request.holding ? GO_ON_BELOW : 1)) return { kind: 'held', pending };
        const source = sourceOf(request.source);
        const page = await fetchPage(source.client, request, signal);
        const arrivals = page.rows.map((row) => row.arrival);
        const accepted = await intake.accept(source.intake, 'pull', arrivals, null);
        await noteSuccess(db, request.source);
        if (page.rows.length > 0) bell.ring();
        return {
          kind: 'page',
          ...summaryOf(page, accepted),
          afterFailure: Context.current().info.attempt > 1,
        };
      }),

    acknowledge: ({ source, ids }) =>
      visibly(source, async (signal) => {
        const keepsFailing = Context.current().info.attempt > 1;
        const { client } = sourceOf(source);
        const answer = await oneMarking(source, () => markAll(client, ids, keepsFailing, signal));
        for (const id of answer.refused) log.warn('Odoo refuses to mark an id', { source, pull_id: id });
        await addToCounters(
          db,
          source,
          new Map([
            ['acknowledged', answer.acknowledged],
            ['refused', answer.refused.length],
          ] as const),
        );
        return answer;
      }),

    reportSync: async (report) => {
      const { client, syncUserId: userId } = sourceOf(report.source);
      // Switched off meanwhile.
      if (userId !== null) await reportSync(client, { userId, version }, report);
    },
  };
}

function summaryOf(page: PulledPage, accepted: readonly Accepted[]) {
  const times = page.rows.flatMap(({ arrival }) =>
    arrival.kind === 'event' ? [arrival.copy.occurredAtMs] : [],
  );
  const count = (kind: Accepted['kind']) => accepted.filter((one) => one.kind === kind).length;
  return {
    ids: page.rows.map((row) => row.id),
    rows: page.rows.length,
    lastId: page.rows.at(-1)?.id ?? null,
    newestMs: times.length === 0 ? null : Math.max(...times),
    hasMore: page.hasMore,
    accepted: count('new'),
    duplicates: count('duplicate'),
    quarantined: count('quarantined'),
  };
}
