// A look at the Temporal server for a check-up: versions, namespace, who polls, what runs. Changes nothing there.
import { readFileSync } from 'node:fs';
import { isGrpcServiceError, WorkflowNotFoundError, Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { z } from 'zod';
import { BATCH_TASK_QUEUE, DELIVERY_TASK_QUEUE, ODOO_TASK_QUEUE, TASK_QUEUE } from '../contracts/names';
import type { QueueFacts, RunFacts, TemporalFacts } from '../domain/checkups/temporal';
import { messageOf } from '../system-error';
import { missingAttributes } from './search-attributes';
import { connectTo, TemporalUnreachable, type TemporalSession, type TemporalTarget } from './session';

/** All of it: a person waits for the answer. */
const ANSWER_WITHIN_MS = 5_000;
const DAY_SECONDS = 86_400;

const { TASK_QUEUE_TYPE_WORKFLOW, TASK_QUEUE_TYPE_ACTIVITY } = temporal.api.enums.v1.TaskQueueType;

const QUEUES = [
  { name: TASK_QUEUE, kind: 'workflows', type: TASK_QUEUE_TYPE_WORKFLOW },
  { name: TASK_QUEUE, kind: 'activities', type: TASK_QUEUE_TYPE_ACTIVITY },
  { name: ODOO_TASK_QUEUE, kind: 'activities', type: TASK_QUEUE_TYPE_ACTIVITY },
  { name: DELIVERY_TASK_QUEUE, kind: 'activities', type: TASK_QUEUE_TYPE_ACTIVITY },
  { name: BATCH_TASK_QUEUE, kind: 'activities', type: TASK_QUEUE_TYPE_ACTIVITY },
] as const;

/** @param workflowIds of those that should run for ever */
export async function lookAtTemporal(
  { client }: Pick<TemporalSession, 'client'>,
  workflowIds: readonly string[],
  nowMs: () => number,
): Promise<TemporalFacts> {
  try {
    return await client.connection.withDeadline(Date.now() + ANSWER_WITHIN_MS, () =>
      look(client, workflowIds, nowMs),
    );
  } catch (error) {
    if (!isGrpcServiceError(error) && !(error instanceof Error && isGrpcServiceError(error.cause)))
      throw error;
    return { kind: 'away', reason: `no answer: ${messageOf(error)}` };
  }
}

/** The same over a connection of its own, which makes nothing ready there. */
export async function lookAtServer(
  target: TemporalTarget,
  workflowIds: readonly string[],
  nowMs: () => number,
): Promise<TemporalFacts> {
  try {
    const connection = await connectTo(target);
    try {
      const client = new Client({ connection, namespace: target.namespace });
      return await lookAtTemporal({ client }, workflowIds, nowMs);
    } finally {
      await connection.close();
    }
  } catch (error) {
    if (error instanceof TemporalUnreachable) return { kind: 'away', reason: error.message };
    throw error;
  }
}

async function look(
  client: Client,
  workflowIds: readonly string[],
  nowMs: () => number,
): Promise<TemporalFacts> {
  const { workflowService, operatorService } = client.connection;
  const { namespace } = client.options;
  const [system, known, missing, queues, runs] = await Promise.all([
    workflowService.getSystemInfo({}),
    workflowService.describeNamespace({ namespace }),
    missingAttributes({ operatorService }, namespace),
    Promise.all(QUEUES.map((queue) => lookAtQueue(client, queue, nowMs))),
    Promise.all(workflowIds.map((id) => lookAtRun(client, id))),
  ]);
  const retentionSeconds = Number(known.config?.workflowExecutionRetentionTtl?.seconds ?? 0);
  return {
    kind: 'there',
    serverVersion: system.serverVersion,
    sdkVersion: sdkVersion(),
    namespace,
    retentionDays: Math.floor(retentionSeconds / DAY_SECONDS),
    missingAttributes: missing.map(([name]) => name),
    queues,
    runs,
  };
}

async function lookAtQueue(
  client: Client,
  { name, kind, type }: (typeof QUEUES)[number],
  nowMs: () => number,
): Promise<QueueFacts> {
  const { namespace } = client.options;
  const { pollers } = await client.connection.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name },
    taskQueueType: type,
  });
  const agoMs = new Map<string, number>();
  for (const { identity, lastAccessTime } of pollers) {
    const ago = Math.max(0, nowMs() - Number(lastAccessTime?.seconds ?? 0) * 1000);
    const who = identity ?? '';
    agoMs.set(who, Math.min(ago, agoMs.get(who) ?? ago));
  }
  return { name, kind, pollers: [...agoMs].map(([identity, ago]) => ({ identity, agoMs: ago })) };
}

async function lookAtRun(client: Client, id: string): Promise<RunFacts> {
  try {
    const { status, raw } = await client.workflow.getHandle(id).describe();
    return { id, status: status.name.toLowerCase(), taskAttempt: raw.pendingWorkflowTask?.attempt ?? 1 };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { id, status: 'missing', taskAttempt: 1 };
    throw error;
  }
}

const manifest = z.object({ version: z.string() });

function sdkVersion(): string {
  const path = require.resolve('@temporalio/client/package.json');
  return manifest.parse(JSON.parse(readFileSync(path, 'utf8'))).version;
}
