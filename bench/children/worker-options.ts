// What the worker of empty workflows can be told.
import type { WorkerOptions } from '@temporalio/worker';

export const WORKER_OPTIONS = [
  'as Jisr',
  'SDK defaults',
  'autoscaling pollers',
  '20 slots',
  'cache of 50',
] as const;
export type WorkerOptionsName = (typeof WORKER_OPTIONS)[number];

/** As src/roles/worker-role.ts has them for events. */
const AS_JISR = {
  maxCachedWorkflows: 2_000,
  maxConcurrentWorkflowTaskExecutions: 400,
  maxConcurrentLocalActivityExecutions: 200,
  maxConcurrentActivityTaskExecutions: 100,
  stickyQueueScheduleToStartTimeout: '3s',
} as const;

export const OPTIONS_BY_NAME: Readonly<Record<WorkerOptionsName, Partial<WorkerOptions>>> = {
  'as Jisr': AS_JISR,
  'SDK defaults': {},
  'autoscaling pollers': { ...AS_JISR, workflowTaskPollerBehavior: { type: 'autoscaling' } },
  '20 slots': { ...AS_JISR, maxConcurrentWorkflowTaskExecutions: 20 },
  'cache of 50': { ...AS_JISR, maxCachedWorkflows: 50 },
};
