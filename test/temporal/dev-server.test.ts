// The embedded Temporal server, on the real CLI: what survives, what is ended, what is told.

import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { identityOf } from '../../src/data-folder/process-identity';
import { type DevServer, DevServerError, type DevServerOptions } from '../../src/temporal/dev-server';
import {
  type DevServerRecord,
  endOrphan,
  readRecord as readAnyRecord,
} from '../../src/temporal/dev-server-record';
import { freePorts } from '../../src/temporal/free-ports';
import { endWithUs, findTestCli, startTestServer } from '../temporal-server';

jest.setTimeout(60_000);

let cliPath: string;
let folder: string;
let servers: DevServer[];
let children: ChildProcess[];

beforeAll(async () => {
  cliPath = await findTestCli();
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jisr-dev-server-'));
  servers = [];
  children = [];
});

afterEach(async () => {
  for (const server of servers) await server.stop();
  for (const child of children) child.kill('SIGKILL');
  // Servers whose parent is gone: a failing test must not leave them running.
  const record = readAnyRecord(storage().recordFile);
  if (record !== null) await endOrphan({ ...record, process: null }, record.dbFile, () => undefined);
  rmSync(folder, { recursive: true });
});

const storage = () => ({ dbFile: join(folder, 'temporal.db'), recordFile: join(folder, 'temporal.json') });

async function start(options: Partial<DevServerOptions> = {}): Promise<DevServer> {
  const server = await startTestServer({ cliPath, say: () => undefined, ...options });
  servers.push(server);
  return server;
}

async function withClient<T>({ address }: DevServer, use: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await use(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

const startWorkflow = (server: DevServer) =>
  withClient(server, (client) =>
    client.workflow.start('waits-for-ever', { taskQueue: 'nobody', workflowId: 'kept' }),
  );

const workflowStatus = (server: DevServer) =>
  withClient(server, async (client) => (await client.workflow.getHandle('kept').describe()).status.name);

interface Left {
  readonly pid: number;
  readonly address: string;
  readonly uiUrl: string;
}

/** A Node process with a dev server beside it. */
async function parentOfServer(): Promise<{ parent: ChildProcess; left: Left }> {
  const { dbFile, recordFile } = storage();
  const parent = fork(join(__dirname, 'dev-server-parent.ts'), [cliPath, dbFile, recordFile], {
    execArgv: ['-r', join(__dirname, '../typescript-hook.cjs')],
  });
  children.push(parent);
  const [left] = (await once(parent, 'message')) as [Left];
  endWithUs(left.pid);
  return { parent, left };
}

/** The server is left when its parent is killed. */
async function orphan(): Promise<Left> {
  const { parent, left } = await parentOfServer();
  const gone = once(parent, 'exit');
  parent.kill('SIGKILL');
  await gone;
  expect(identityOf(left.pid)).not.toBeNull();
  return left;
}

function readRecord(): DevServerRecord {
  return JSON.parse(readFileSync(storage().recordFile, 'utf8')) as DevServerRecord;
}

function changeRecord(change: Partial<DevServerRecord>): void {
  writeFileSync(storage().recordFile, JSON.stringify({ ...readRecord(), ...change }));
}

/** A shell script in place of the CLI. */
function script(content: string): string {
  const file = join(folder, 'temporal.sh');
  writeFileSync(file, `#!/bin/sh\n${content}\n`);
  chmodSync(file, 0o755);
  return file;
}

test('it answers when start returns, and knows the search attributes', async () => {
  const server = await start({ searchAttributes: { OdooSource: 'Keyword', OdooRecord: 'KeywordList' } });
  const { customAttributes } = await withClient(server, (client) =>
    client.connection.operatorService.listSearchAttributes({ namespace: 'default' }),
  );
  expect(Object.keys(customAttributes)).toEqual(expect.arrayContaining(['OdooSource', 'OdooRecord']));
  expect((await fetch(server.uiUrl)).status).toBe(200);
  expect((await fetch(server.metricsUrl)).status).toBe(200);
});

test('state and ports survive a stop and a start', async () => {
  const first = await start({ storage: storage(), stopTimeoutMs: 10_000 });
  await startWorkflow(first);
  await first.stop();
  const second = await start({ storage: storage() });
  expect([second.address, second.uiUrl]).toEqual([first.address, first.uiUrl]);
  expect(await workflowStatus(second)).toBe('RUNNING');
});

test('a server that a kill -9 left behind is ended first, and its state is kept', async () => {
  const left = await orphan();
  const said: string[] = [];
  const server = await start({ storage: storage(), say: (line) => void said.push(line) });
  expect(identityOf(left.pid)).toBeNull();
  expect([server.address, server.uiUrl]).toEqual([left.address, left.uiUrl]);
  expect(await workflowStatus(server)).toBe('RUNNING');
  expect(said).toEqual([expect.stringContaining(`(process ${left.pid})`)]);
});

test('a Node process that ends by itself takes its server with it', async () => {
  const { parent, left } = await parentOfServer();
  parent.disconnect();
  await once(parent, 'exit');
  while (identityOf(left.pid) !== null) await sleep(20);
});

test('a server left by a start that was killed before it noted the process is ended too', async () => {
  const left = await orphan();
  changeRecord({ process: null });
  await start({ storage: storage() });
  expect(identityOf(left.pid)).toBeNull();
});

test('another process that has the pid by now is left alone', async () => {
  const other = spawn('sleep', ['60'], { stdio: 'ignore' });
  children.push(other);
  const first = await start({ storage: storage() });
  await first.stop();
  changeRecord({ process: identityOf(other.pid!) });
  await start({ storage: storage() });
  expect(identityOf(other.pid!)).not.toBeNull();
});

test('a copy of a data folder does not end the server of the original', async () => {
  const original = await start({ storage: storage() });
  const recordFile = join(folder, 'copy.json');
  writeFileSync(recordFile, JSON.stringify(readRecord()));
  await start({ storage: { dbFile: join(folder, 'copy.db'), recordFile } });
  expect(identityOf(original.pid!)).not.toBeNull();
});

test('a record that cannot be read is no record', async () => {
  writeFileSync(storage().recordFile, '{"ports":');
  await start({ storage: storage() });
  expect(readRecord().dbFile).toBe(storage().dbFile);
});

test('an unexpected end is reported, an ordered stop is not', async () => {
  const reasons: string[] = [];
  const stopped = await start({ onExit: (reason) => void reasons.push(reason) });
  await stopped.stop();
  expect(identityOf(stopped.pid!)).toBeNull();
  expect(reasons).toEqual([]);
  const reason = await new Promise<string>((resolve, reject) => {
    start({ onExit: resolve }).then((server) => process.kill(server.pid!, 'SIGKILL'), reject);
  });
  expect(reason).toBe('ended by SIGKILL');
});

test('a server that does not heed SIGTERM is killed', async () => {
  const server = await start({ stopTimeoutMs: 100 });
  process.kill(server.pid!, 'SIGSTOP');
  await server.stop();
  expect(identityOf(server.pid!)).toBeNull();
});

test('the preferred port is taken for the Web UI when it is free, and another one when it is not', async () => {
  const [preferredUiPort] = await freePorts(1);
  const first = await start({ preferredUiPort: preferredUiPort! });
  expect(first.uiUrl).toBe(`http://127.0.0.1:${preferredUiPort}`);
  const second = await start({ preferredUiPort: preferredUiPort! });
  expect(second.uiUrl).not.toBe(first.uiUrl);
});

test('a port that somebody took since the last start is replaced', async () => {
  const first = await start({ storage: storage() });
  await first.stop();
  const thief = createServer().listen(readRecord().ports.grpc, '127.0.0.1');
  await once(thief, 'listening');
  const second = await start({ storage: storage() });
  thief.close();
  expect(second.address).not.toBe(first.address);
});

test('a port lost in the moment of the start is replaced', async () => {
  const lost = join(folder, 'lost');
  const loser =
    script(`if [ ! -e ${lost} ]; then : > ${lost}; echo bind: address already in use >&2; exit 1; fi
    exec ${cliPath} "$@"`);
  await start({ cliPath: loser });
  expect(existsSync(lost)).toBe(true);
});

test('a server that ends while it starts is reported with its last words', async () => {
  const failed = startTestServer({ cliPath, storage: { ...storage(), dbFile: join(folder, 'none/t.db') } });
  await expect(failed).rejects.toThrow(DevServerError);
  await expect(failed).rejects.toThrow(/did not start: exit code 1\n.*no such file or directory/);
});

test('a server that does not answer in time is reported, and ended', async () => {
  const pidFile = join(folder, 'pid');
  const silent = script(`echo $$ > ${pidFile}; exec sleep 60`);
  await expect(startTestServer({ cliPath: silent, startTimeoutMs: 1_000 })).rejects.toThrow(
    /no answer within/,
  );
  expect(identityOf(Number(readFileSync(pidFile, 'utf8')))).toBeNull();
});

test('a CLI that is missing is reported by its path', async () => {
  await expect(startTestServer({ cliPath: '/none/temporal' })).rejects.toThrow(/\/none\/temporal.*ENOENT/);
});

test('a namespace of another name is made', async () => {
  const server = await start({ namespace: 'jisr' });
  const { namespaceInfo } = await withClient(server, (client) =>
    client.workflowService.describeNamespace({ namespace: 'jisr' }),
  );
  expect(namespaceInfo?.name).toBe('jisr');
});
