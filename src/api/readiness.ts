// Readiness measures progress, not just that somebody answers: a poll that is late, a dispatcher that stands
// and a store that does not answer are said, with the reason.
import { readSourceHealth } from '../store/source-health';
import { oldestPendingMs } from '../store/events/read';
import { readProcessingSettings, readSourceSettings } from '../store/settings';
import { innermostMessage } from '../store/errors';
import type { ApiDependencies, ApiSource } from './dependencies';

export interface Check {
  readonly ok: boolean;
  readonly detail?: string;
}

const CHECK_WITHIN_MS = 3_000;
/** Nothing may wait so long while processing goes on. */
const DISPATCH_STANDS_MS = 60_000;
const LATE_INTERVALS = 3;
/** Short intervals are not worth an alarm at once. */
const LEAST_LATE_MS = 10_000;

export async function checkReadiness(
  dependencies: ApiDependencies,
): Promise<Readonly<Record<string, Check>>> {
  const { store, control, sources } = dependencies;
  const checks: readonly (readonly [string, () => Promise<Check>])[] = [
    ['store', () => store.ping().then(() => ({ ok: true }))],
    ['temporal', () => control.dispatchStatus().then(() => ({ ok: true }))],
    ['dispatch', () => checkDispatch(dependencies)],
    ...sources
      .filter((source) => source.pull !== null)
      .map((source) => [`source:${source.name}`, () => checkSource(dependencies, source)] as const),
  ];
  return Object.fromEntries(
    await Promise.all(checks.map(async ([name, check]) => [name, await inTime(check)] as const)),
  );
}

async function checkDispatch({ store }: ApiDependencies): Promise<Check> {
  const [processing, oldestMs] = await Promise.all([
    readProcessingSettings(store.db),
    oldestPendingMs(store.db),
  ]);
  if (processing.paused) return { ok: true, detail: said('processing is paused', processing.reason) };
  if (oldestMs === null || oldestMs < DISPATCH_STANDS_MS) return { ok: true };
  const seconds = Math.round(oldestMs / 1000);
  return { ok: false, detail: `an event has been waiting for ${seconds} s: see that a worker is up` };
}

async function checkSource(
  { store, nowMs, startedAtMs }: ApiDependencies,
  source: ApiSource,
): Promise<Check> {
  const [health, settings] = await Promise.all([
    readSourceHealth(store.db, source.name),
    readSourceSettings(store.db, source.name),
  ]);
  if (settings.paused) return { ok: true, detail: said('paused', settings.pausedReason) };
  const intervalMs = settings.intervalMs ?? source.pull?.intervalMs ?? 0;
  const sinceMs = nowMs() - Math.max(health.lastSuccessAtMs ?? 0, startedAtMs);
  const failing =
    health.failingSinceMs !== null && health.lastError !== null ? health.lastError.message : null;
  if (sinceMs <= Math.max(LATE_INTERVALS * intervalMs, LEAST_LATE_MS)) {
    return failing === null ? { ok: true } : { ok: true, detail: failing };
  }
  const seconds = Math.round(sinceMs / 1000);
  return {
    ok: false,
    detail: said(`no successful pull for ${seconds} s`, failing ?? 'see that a worker is up'),
  };
}

/** One that hangs or fails must not keep the others' answers back. */
async function inTime(check: () => Promise<Check>): Promise<Check> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Check>((resolve) => {
    timer = setTimeout(() => {
      resolve({ ok: false, detail: `no answer within ${CHECK_WITHIN_MS / 1000} s` });
    }, CHECK_WITHIN_MS);
  });
  try {
    return await Promise.race([check(), late]);
  } catch (error) {
    return { ok: false, detail: innermostMessage(error) };
  } finally {
    clearTimeout(timer);
  }
}

function said(what: string, why: string | null): string {
  return why === null ? what : `${what}: ${why}`;
}
