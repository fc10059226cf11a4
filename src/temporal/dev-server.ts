// The Temporal server that Jisr starts beside itself when it is told of none.
// Never leaves two servers on one database file, and never says it is ready before it answers.

import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { type ServerProcess, spawnServer, type SqliteSynchronous } from './dev-server-process';
import { type DevServerPorts, endOrphan, readRecord, writeRecord } from './dev-server-record';
import { freePorts, isPortFree } from './free-ports';

export type SearchAttributeType = 'Bool' | 'Datetime' | 'Double' | 'Int' | 'Keyword' | 'KeywordList' | 'Text';

export interface DevServerOptions {
  readonly cliPath: string;
  /** Absolute paths. Null keeps all state in memory, for tests. */
  readonly storage: { readonly dbFile: string; readonly recordFile: string } | null;
  /** Registered when the database is made; an older database file does not get new ones by this. */
  readonly searchAttributes: Readonly<Record<string, SearchAttributeType>>;
  readonly say: (line: string) => void;
  /** Told the process of each attempt as soon as there is one, long before the server answers. */
  readonly onSpawn?: (pid: number) => void;
  /** The server ended without being told to: what is known about why. */
  readonly onExit?: (reason: string) => void;
  /**
   * Default: normal. A kill -9 loses nothing by it; a power cut the last runs, which the rows start again.
   */
  readonly synchronous?: SqliteSynchronous;
  /** Default: `default`. */
  readonly namespace?: string;
  /** Taken when it is free and no earlier start had another; default: any free port. */
  readonly preferredUiPort?: number;
  /** Default: 30 s. */
  readonly startTimeoutMs?: number;
  /** After this SIGKILL follows SIGTERM. Default: 10 s. */
  readonly stopTimeoutMs?: number;
}

export interface DevServer {
  /** host:port of the gRPC service. */
  readonly address: string;
  readonly uiUrl: string;
  readonly metricsUrl: string;
  /** Null when it was gone before anybody could look. */
  readonly pid: number | null;
  readonly stop: () => Promise<void>;
}

/** Thrown when the server does not come up; the message holds its last words. */
export class DevServerError extends Error {
  override readonly name = 'DevServerError';
}

const START_ATTEMPTS = 3;
const CONNECT_LIMIT_MS = 3_000;

export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  const { storage, preferredUiPort = null } = options;
  const previous = storage === null ? null : readRecord(storage.recordFile);
  if (storage !== null && previous !== null) await endOrphan(previous, storage.dbFile, options.say);

  for (let attempt = 1; ; attempt++) {
    const known = attempt === 1 ? (previous?.ports ?? null) : null;
    const ports = await choosePorts(known, preferredUiPort);
    const server = spawnRecorded(options, ports);
    const failure = await failureToStart(server, ports.grpc, options);
    if (failure === null) return running(server, ports, options);
    await server.stop();
    // Somebody took a port between our look and the server's.
    if (failure.includes('address already in use') && attempt < START_ATTEMPTS) continue;
    throw new DevServerError(`the Temporal server (${options.cliPath}) did not start: ${failure}`);
  }
}

/** The ports of the previous start, as far as they are free, so that bookmarks live. */
async function choosePorts(
  known: DevServerPorts | null,
  preferredUiPort: number | null,
): Promise<DevServerPorts> {
  const [grpc = 0, http = 0, metrics = 0, ui = 0] = await freePorts(4);
  const firstFree = async (
    wanted: readonly (number | null | undefined)[],
    otherwise: number,
  ): Promise<number> => {
    for (const port of wanted) if (typeof port === 'number' && (await isPortFree(port))) return port;
    return otherwise;
  };
  return {
    grpc: await firstFree([known?.grpc], grpc),
    http: await firstFree([known?.http], http),
    metrics: await firstFree([known?.metrics], metrics),
    ui: await firstFree([known?.ui, preferredUiPort], ui),
  };
}

function spawnRecorded(options: DevServerOptions, ports: DevServerPorts): ServerProcess {
  const { cliPath, storage, namespace = 'default', searchAttributes, stopTimeoutMs = 10_000 } = options;
  const { synchronous = 'normal' } = options;
  const dbFile = storage?.dbFile ?? null;
  // Twice: a kill -9 between the spawn and the second record must not hide the server from the next start.
  if (storage !== null) writeRecord(storage.recordFile, { dbFile: storage.dbFile, ports, process: null });
  const server = spawnServer({
    cliPath,
    ports,
    namespace,
    dbFile,
    synchronous,
    searchAttributes,
    stopTimeoutMs,
  });
  if (storage !== null) {
    writeRecord(storage.recordFile, { dbFile: storage.dbFile, ports, process: server.identity });
  }
  if (server.identity !== null) options.onSpawn?.(server.identity.pid);
  return server;
}

/** Null when it answers; otherwise why it does not. */
async function failureToStart(
  server: ServerProcess,
  port: number,
  { namespace = 'default', startTimeoutMs = 30_000 }: DevServerOptions,
): Promise<string | null> {
  const deadline = Date.now() + startTimeoutMs;
  const answering = (async () => {
    while (!server.hasEnded() && Date.now() < deadline) {
      if ((await accepts(port)) && (await knowsNamespace(port, namespace, deadline - Date.now())))
        return null;
      await sleep(25);
    }
    return `no answer within ${Math.round(startTimeoutMs / 1000)} s`;
  })();
  const failure = await Promise.race([answering, server.ended]);
  // Whoever answered on that port was another one.
  return server.hasEnded() ? server.ended : failure;
}

/** A plain look at the port first: a refused gRPC connection would wait a second before it tries again. */
function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const answer = (yes: boolean) => () => {
      socket.destroy();
      resolve(yes);
    };
    socket.once('connect', answer(true));
    socket.once('error', answer(false));
  });
}

async function knowsNamespace(port: number, namespace: string, timeoutMs: number): Promise<boolean> {
  let connection: Connection | null = null;
  try {
    connection = await Connection.connect({
      address: `127.0.0.1:${port}`,
      connectTimeout: Math.max(1, Math.min(timeoutMs, CONNECT_LIMIT_MS)),
    });
    await connection.workflowService.describeNamespace({ namespace });
    return true;
  } catch {
    // Not yet: the deadline, or the end of the process, says when to give up.
    return false;
  } finally {
    await connection?.close();
  }
}

function running(server: ServerProcess, ports: DevServerPorts, { onExit }: DevServerOptions): DevServer {
  let stopping = false;
  void server.ended.then((reason) => {
    if (!stopping) onExit?.(reason);
  });
  return {
    address: `127.0.0.1:${ports.grpc}`,
    uiUrl: `http://127.0.0.1:${ports.ui}`,
    metricsUrl: `http://127.0.0.1:${ports.metrics}/metrics`,
    pid: server.identity?.pid ?? null,
    stop: async () => {
      stopping = true;
      await server.stop();
    },
  };
}
