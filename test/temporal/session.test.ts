// What a start finds in its namespace: made where that is allowed, told with the command where it is not.
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';
import { NativeConnection } from '@temporalio/worker';
import { SEARCH_ATTRIBUTE_TYPES } from '../../src/contracts/search-attributes';
import { NamespaceMissing, prepareNamespace } from '../../src/temporal/namespace';
import { registerSearchAttributes, SearchAttributesMissing } from '../../src/temporal/search-attributes';
import { eventually, log } from '../support/bridge';
import { findTestCli } from '../temporal-server';

const address = process.env['JISR_TEST_TEMPORAL']!;
const { INDEXED_VALUE_TYPE_KEYWORD } = temporal.api.enums.v1.IndexedValueType;
const DAY_MS = 86_400_000;

let connection: NativeConnection;
beforeAll(async () => {
  connection = await NativeConnection.connect({ address });
});
afterAll(() => connection.close());

/** The server's caches learn of a new namespace within seconds. */
async function aNamespace(): Promise<string> {
  const namespace = `test-${randomUUID()}`;
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs(DAY_MS),
  });
  await eventually(() => connection.operatorService.listSearchAttributes({ namespace }), 30_000);
  return namespace;
}

async function attributesOf(namespace: string): Promise<readonly string[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  return Object.keys(customAttributes);
}

test('a namespace that does not exist is told with the command that makes it', async () => {
  const failure = await prepareNamespace(connection, 'nowhere', log).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(NamespaceMissing);
  expect(String(failure)).toContain('temporal operator namespace create --namespace nowhere --retention 30d');
});

test('closed runs are kept for 30 days', async () => {
  const namespace = await aNamespace();
  await eventually(() => prepareNamespace(connection, namespace, log), 30_000);
  const { config } = await connection.workflowService.describeNamespace({ namespace });
  expect(Number(config?.workflowExecutionRetentionTtl?.seconds) * 1_000).toBe(30 * DAY_MS);
}, 60_000);

test('two that register at once both succeed', async () => {
  const namespace = await aNamespace();
  const other = await Connection.connect({ address });
  await Promise.all([
    registerSearchAttributes(connection, namespace),
    registerSearchAttributes(other, namespace),
  ]);
  await other.close();
  expect(await attributesOf(namespace)).toEqual(expect.arrayContaining(Object.keys(SEARCH_ATTRIBUTE_TYPES)));
}, 60_000);

test('where they may not be made, the message has commands that make them', async () => {
  // The SQL stores have room for ten attributes of this type: a full namespace refuses ours.
  const full = await aNamespace();
  const others = Array.from({ length: 10 }, (_, n) => [`Other${n}`, INDEXED_VALUE_TYPE_KEYWORD] as const);
  await connection.operatorService.addSearchAttributes({
    namespace: full,
    searchAttributes: Object.fromEntries(others),
  });
  await eventually(async () => {
    expect((await attributesOf(full)).length).toBe(10);
  }, 30_000);
  const failure = await registerSearchAttributes(connection, full).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(SearchAttributesMissing);

  const empty = await aNamespace();
  const cli = await findTestCli();
  const commands = String(failure).match(/temporal operator .*/g) ?? [];
  for (const command of commands) {
    const [, ...words] = command.replace(full, empty).split(' ');
    execFileSync(cli, [...words, '--address', address], { stdio: 'ignore' });
  }
  await eventually(async () => {
    expect([...(await attributesOf(empty))].sort()).toEqual(Object.keys(SEARCH_ATTRIBUTE_TYPES).sort());
  }, 30_000);
}, 120_000);
