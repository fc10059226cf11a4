// The connection of one process to the Temporal server, for its client and its workers alike.
// Installs the SDK's runtime, which a process may do once only.
import { Client } from '@temporalio/client';
import {
  NativeConnection,
  Runtime,
  type MetricsExporterConfig,
  type NativeConnectionOptions,
} from '@temporalio/worker';
import type { TemporalConnectionOptions } from '../config';
import { temporalLogger, type Logger } from '../logger';
import { messageOf } from '../system-error';
import { freePorts } from './free-ports';
import { prepareNamespace } from './namespace';
import type { Tracing } from '../tracing';
import { registerSearchAttributes } from './search-attributes';
import { tracedClient } from './trace-interceptors';

export interface TemporalSession {
  readonly namespace: string;
  readonly connection: NativeConnection;
  readonly client: Client;
  close(): Promise<void>;
}

export interface TemporalTarget {
  readonly namespace: string;
  readonly options: TemporalConnectionOptions;
}

const LOOPBACK = /^(127\.|localhost:|\[::1\]:)/;

/** Thrown when the server cannot be reached: the message says what to check. */
export class TemporalUnreachable extends Error {}

/**
 * Call it once, before the first session.
 *
 * @param metricsPort of this machine, where the SDK then offers what it measures; null measures nothing
 */
export function installRuntime(log: Logger, metricsPort: number | null = null): void {
  Runtime.install({
    logger: temporalLogger(log),
    // Without this the SDK ends the process on Ctrl-C before our own order of closing is done.
    shutdownSignals: [],
    telemetryOptions: {
      logging: { filter: { core: 'WARN', other: 'WARN' }, forward: {} },
      ...(metricsPort === null ? {} : { metrics: exporterAt(metricsPort) }),
    },
  });
}

const PORT_ATTEMPTS = 3;

/** As `installRuntime`, with what the SDK measures at a port of this machine; answers at which. */
export async function installMeasuredRuntime(log: Logger, findPort = aFreePort): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const port = await findPort();
    try {
      installRuntime(log, port);
      return port;
    } catch (error) {
      // Somebody took it between our look and the SDK's, which has it from here on.
      if (attempt === PORT_ATTEMPTS || !/address already in use/i.test(messageOf(error))) throw error;
    }
  }
}

async function aFreePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

/** Seconds and `_total`, as Prometheus' conventions have it. */
function exporterAt(port: number): MetricsExporterConfig {
  const units = { countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true };
  return { prometheus: { bindAddress: `127.0.0.1:${port}`, ...units } };
}

/** Connects, and makes the namespace ready: search attributes, retention. */
export async function openSession(
  target: TemporalTarget,
  log: Logger,
  tracing: Tracing | null = null,
): Promise<TemporalSession> {
  const connection = await connectTo(target);
  try {
    await prepareNamespace(connection, target.namespace, log);
    await registerSearchAttributes(connection, target.namespace);
  } catch (error) {
    await connection.close();
    throw error;
  }
  const interceptors = tracing === null ? {} : { interceptors: { workflow: [tracedClient(tracing)] } };
  const client = new Client({ connection, namespace: target.namespace, ...interceptors });
  return { namespace: target.namespace, connection, client, close: () => connection.close() };
}

/** @throws TemporalUnreachable */
export async function connectTo({ options }: TemporalTarget): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect({ ...options, ...compression(options) });
  } catch (cause) {
    throw new TemporalUnreachable(
      `no Temporal server answers at ${options.address ?? 'the address'}: see that it is up, and check TEMPORAL_ADDRESS`,
      { cause },
    );
  }
}

/** On the way to this machine gzip, the SDK's default, costs both ends CPU and saves nothing. */
function compression({
  address = '',
}: TemporalConnectionOptions): Pick<NativeConnectionOptions, 'grpcCompression'> {
  return LOOPBACK.test(address) ? { grpcCompression: { codec: 'none' } } : {};
}
