// What is watched of a process, in one place: its metrics, those of Temporal's SDK in it, its traces.
import type { Config } from '../config';
import type { Logger } from '../logger';
import { createMetrics, type Metrics } from '../metrics';
import { readSdkMetrics } from '../temporal/sdk-metrics';
import { installMeasuredRuntime } from '../temporal/session';
import { startTracing, type Tracing } from '../tracing';
import { readVersion } from '../version';

export type Role = 'all' | 'api' | 'worker';

export interface Telemetry {
  readonly metrics: Metrics;
  readonly sdkMetrics: () => Promise<string>;
  /** Null: no traces. */
  readonly tracing: Tracing | null;
}

/** Nothing leaves this process, and the SDK measures nothing: for tests and the demo. */
export function quietTelemetry(): Telemetry {
  const metrics = createMetrics({ version: readVersion(), role: 'all' });
  return { metrics, sdkMetrics: () => Promise.resolve(''), tracing: null };
}

/** Once per process, before the first session: installs the SDK's runtime, too. */
export async function startTelemetry(config: Config, log: Logger, role: Role): Promise<Telemetry> {
  const port = await installMeasuredRuntime(log);
  const version = readVersion();
  return {
    metrics: createMetrics({ version, role }),
    sdkMetrics: readSdkMetrics(port),
    tracing: config.tracing === null ? null : await startTracing(config.tracing, { version, role }),
  };
}
