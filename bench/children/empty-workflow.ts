// The yardstick of single events: empty workflows, started and completed by one process on the same Temporal server.
import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker, type InjectedSinks } from '@temporalio/worker';
import { z } from 'zod';
import type { EmptySinks } from './empty-workflows';
import { latenciesOf } from './latencies';
import { serve } from './serve';
import { OPTIONS_BY_NAME, WORKER_OPTIONS } from './worker-options';

const TASK_QUEUE = 'empty';
const opened = z.object({
  address: z.string(),
  bundlePath: z.string(),
  workerOptions: z.enum(WORKER_OPTIONS),
});
const wanted = z.object({ count: z.int().positive(), inFlight: z.int().positive() });

let client: Client | null = null;
/** What to call when a workflow has run, by its id. */
const ran = new Map<string, () => void>();

const sinks: InjectedSinks<EmptySinks> = {
  empty: { done: { fn: (_info, workflowId) => ran.get(workflowId)?.() } },
};

async function open({ address, bundlePath, workerOptions }: z.infer<typeof opened>): Promise<object> {
  Runtime.install({ shutdownSignals: [], logger: new DefaultLogger('ERROR') });
  // The server is on this machine: uncompressed, as src/temporal/session.ts has it.
  const connection = await NativeConnection.connect({ address, grpcCompression: { codec: 'none' } });
  client = new Client({ connection });
  const worker = await Worker.create({
    connection,
    taskQueue: TASK_QUEUE,
    workflowBundle: { codePath: bundlePath },
    sinks,
    ...OPTIONS_BY_NAME[workerOptions],
  });
  worker.run().catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
  return {};
}

/** Keeps so many in flight, as the dispatcher does; the clock stops when the server has the last as completed. */
async function run({ count, inFlight }: z.infer<typeof wanted>): Promise<object> {
  if (client === null) throw new Error('call open first');
  const { workflow } = client;
  const prefix = randomUUID();
  const startsMs: number[] = [];
  const places = Array.from({ length: count }, (_, place) => place).values();
  const startMs = performance.now();
  async function lane(): Promise<void> {
    let last: string | null = null;
    for (const place of places) {
      const workflowId = `empty-${prefix}-${place}`;
      const done = new Promise<void>((resolve) => ran.set(workflowId, resolve));
      const atMs = performance.now();
      await workflow.start('EmptyWorkflow', { workflowId, taskQueue: TASK_QUEUE });
      startsMs.push(performance.now() - atMs);
      await done;
      ran.delete(workflowId);
      last = workflowId;
    }
    if (last !== null) await workflow.getHandle(last).result();
  }
  await Promise.all(Array.from({ length: inFlight }, lane));
  return latenciesOf(startsMs, (performance.now() - startMs) / 1000);
}

serve({ open: (input) => open(opened.parse(input)), run: (input) => run(wanted.parse(input)) });
