// How each source stands, for Prometheus: what the store knows, and the cursor, which only its workflow has.
// While Temporal is away the cursor is left out.
import { Gauge, type Registry } from 'prom-client';
import { BridgeUnavailable } from '../control/ask';
import { readSourceSettings } from '../store/settings';
import { readSourceHealth } from '../store/source-health';
import type { ApiDependencies, ApiSource } from './dependencies';
import { pullStatusIfKnown } from './source-view';

/** Beyond it a scrape goes without. */
const CURSOR_WITHIN_MS = 2_000;

type Parts = Pick<ApiDependencies, 'store' | 'control' | 'sources'>;

export async function sourceMetrics(
  { store, control, sources }: Parts,
  registers: Registry[],
): Promise<void> {
  const gauge = (name: string, help: string) => new Gauge({ name, help, labelNames: ['source'], registers });
  const paused = gauge('jisr_source_paused', '1 while a person has paused pulling.');
  const failing = gauge('jisr_source_failing', '1 while the last pull failed.');
  const interval = gauge('jisr_source_pull_interval_seconds', 'Between two polls, as it is set now.');
  const success = gauge('jisr_source_last_success_timestamp_seconds', 'When the last page was committed.');
  const cursor = gauge('jisr_source_cursor', "The id of Odoo's that pulling has come to.");
  const pulled = sources.flatMap((source) =>
    source.pull === null ? [] : [{ ...source, pull: source.pull }],
  );
  await Promise.all(
    pulled.map(async (one) => {
      const { name: source } = one;
      const [health, settings, at] = await Promise.all([
        readSourceHealth(store.db, source),
        readSourceSettings(store.db, source),
        cursorOf(control, one),
      ]);
      paused.set({ source }, settings.paused ? 1 : 0);
      failing.set({ source }, health.failingSinceMs === null ? 0 : 1);
      interval.set({ source }, (settings.intervalMs ?? one.pull.intervalMs) / 1_000);
      if (health.lastSuccessAtMs !== null) success.set({ source }, health.lastSuccessAtMs / 1_000);
      if (at !== null) cursor.set({ source }, at);
    }),
  );
}

async function cursorOf(control: Parts['control'], source: ApiSource): Promise<number | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, CURSOR_WITHIN_MS, null);
  });
  const status = await Promise.race([pullStatusIfKnown(control, source), late]).finally(() => {
    clearTimeout(timer);
  });
  return status === null || status instanceof BridgeUnavailable ? null : status.cursor;
}
