// Readiness measures progress, not just that somebody answers: a poll that is late, a dispatcher that stands
// and a store that does not answer are said, with the reason. Never waits longer than its checks may take.
import { BridgeUnavailable } from '../control/ask';
import { eventsInFlight } from '../store/events/claim';
import { oldestPendingMs } from '../store/events/read';
import { readProcessingSettings, readSourceSettings } from '../store/settings';
import { errorCodeOf, innermostMessage, isOutage } from '../store/errors';
import { readSourceHealth } from '../store/source-health';
import type { Logger } from '../logger';
import type { ApiDependencies, ApiSource } from './dependencies';
import { pullStatusIfKnown } from './source-view';

export interface Check {
  readonly ok: boolean;
  readonly detail?: string;
}

const STORE_WITHIN_MS = 2_000;
/** The control gives up after 5 s and says why; this is the net under it. */
const CHECK_WITHIN_MS = 6_000;
/** Nothing may wait so long while processing goes on and nothing is in flight. */
const DISPATCH_STANDS_MS = 60_000;
const LATE_INTERVALS = 3;
/** Short intervals are not worth an alarm at once. */
const LEAST_LATE_MS = 10_000;

export async function checkReadiness(
  dependencies: ApiDependencies,
): Promise<Readonly<Record<string, Check>>> {
  const { store, control, sources, log } = dependencies;
  const look = (name: string, withinMs: number, check: () => Promise<Check>) =>
    inTime(withinMs, check, log.child({ check: name })).then((found) => [name, found] as const);
  const checks = [
    look('store', STORE_WITHIN_MS, () => store.ping().then(() => OK)),
    look('temporal', CHECK_WITHIN_MS, () => control.dispatchStatus().then(() => OK)),
    look('dispatch', CHECK_WITHIN_MS, () => checkDispatch(dependencies)),
    ...sources
      .filter((source) => source.pull !== null)
      .map((source) =>
        look(`source:${source.name}`, CHECK_WITHIN_MS, () => checkSource(dependencies, source)),
      ),
  ];
  return Object.fromEntries(await Promise.all(checks));
}

const OK: Check = { ok: true };

async function checkDispatch({ store }: ApiDependencies): Promise<Check> {
  const [processing, oldestMs] = await Promise.all([
    readProcessingSettings(store.db),
    oldestPendingMs(store.db),
  ]);
  if (processing.paused) return { ok: true, detail: said('processing is paused', processing.reason) };
  if (oldestMs === null || oldestMs <= DISPATCH_STANDS_MS) return OK;
  const waiting = `an event has been waiting for ${seconds(oldestMs)}`;
  // A long queue is no fault of the dispatcher: one that stands has nothing in flight soon. What a dead worker
  // left in flight does not hide it, since `temporal` asks the dispatcher itself.
  const inFlight = await eventsInFlight(store.db);
  if (inFlight.length > 0) return { ok: true, detail: `${waiting}; ${inFlight.length} are in flight` };
  return { ok: false, detail: `${waiting} and none is in flight: see that a worker is up` };
}

async function checkSource(dependencies: ApiDependencies, source: ApiSource): Promise<Check> {
  const { store, control, nowMs, startedAtMs } = dependencies;
  const [health, settings] = await Promise.all([
    readSourceHealth(store.db, source.name),
    readSourceSettings(store.db, source.name),
  ]);
  if (settings.paused) return { ok: true, detail: said('paused', settings.pausedReason) };
  const failure = health.failingSinceMs === null ? null : (health.lastError?.message ?? null);
  const sinceMs = nowMs() - (health.lastSuccessAtMs ?? startedAtMs);
  if (sinceMs <= lateAfterMs(source, settings.intervalMs)) {
    return failure === null ? OK : { ok: true, detail: failure };
  }
  // Holding back is what it should do while the inbox is full; whether that drains, `dispatch` says.
  const status = await pullStatusIfKnown(control, source);
  if (!(status instanceof BridgeUnavailable) && status.state === 'holding')
    return { ok: true, detail: 'holding: the inbox is full, Odoo keeps the rest' };
  const late = `no successful pull for ${seconds(sinceMs)}`;
  return { ok: false, detail: said(late, failure ?? 'see that Temporal and a worker are up') };
}

export function lateAfterMs(source: ApiSource, setIntervalMs: number | null): number {
  const intervalMs = setIntervalMs ?? source.pull?.intervalMs ?? 0;
  return Math.max(LATE_INTERVALS * intervalMs, LEAST_LATE_MS);
}

/** One that hangs or fails must not keep the others' answers back. */
async function inTime(withinMs: number, check: () => Promise<Check>, log: Logger): Promise<Check> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Check>((resolve) => {
    timer = setTimeout(() => {
      resolve({ ok: false, detail: `no answer within ${seconds(withinMs)}` });
    }, withinMs);
  });
  try {
    return await Promise.race([check(), late]);
  } catch (error) {
    return { ok: false, detail: publicReason(error, log) };
  } finally {
    clearTimeout(timer);
  }
}

/** Anybody may read this, so words that are not our own stay out. */
function publicReason(error: unknown, log: Logger): string {
  if (error instanceof BridgeUnavailable) return error.message;
  if (isOutage(error)) return 'the database does not answer: see that it is up';
  log.error({ code: errorCodeOf(error), error: innermostMessage(error) }, 'readiness check failed');
  return 'the check itself failed: the log says why';
}

function said(what: string, why: string | null): string {
  return why === null ? what : `${what}: ${why}`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
