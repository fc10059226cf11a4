// What a Temporal server answered before it was killed, and what it still knows of that afterwards.
import { Client, Connection } from '@temporalio/client';

const CLIENTS = 20;
const SIGNAL = 'act';

interface Run {
  readonly workflowId: string;
  /** Whether a signal to it was answered too. */
  signalled: boolean;
}

/** What was answered: a start, or a start and a signal. */
export type AnsweredActs = readonly { readonly workflowId: string; readonly act: 'start' | 'signal' }[];

/** Clients start workflows that nobody runs, and signal them, until the server is killed in the middle of it. */
export async function actUntilKilled(
  address: string,
  options: { readonly prefix: string; readonly killAfter: number; readonly kill: () => void },
): Promise<AnsweredActs> {
  const connection = await Connection.connect({ address });
  const { workflow } = new Client({ connection });
  const runs: Run[] = [];
  let begun = 0;
  let killed = false;
  const isKilled = () => killed;
  async function act(): Promise<void> {
    while (!isKilled()) {
      const workflowId = `act-${options.prefix}-${(begun += 1)}`;
      try {
        const handle = await workflow.start('Nobody', { workflowId, taskQueue: 'nobody' });
        const run: Run = { workflowId, signalled: false };
        runs.push(run);
        await handle.signal(SIGNAL);
        run.signalled = true;
      } catch (error) {
        // What it did not answer it need not know.
        if (!isKilled()) throw error;
      }
      if (runs.length >= options.killAfter && !isKilled()) {
        killed = true;
        options.kill();
      }
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, act));
  await connection.close();
  return runs.flatMap(({ workflowId, signalled }) => [
    { workflowId, act: 'start' as const },
    ...(signalled ? [{ workflowId, act: 'signal' as const }] : []),
  ]);
}

export async function lostActs(address: string, acts: AnsweredActs): Promise<number> {
  const connection = await Connection.connect({ address });
  const { workflow } = new Client({ connection });
  const waiting = acts.values();
  let lost = 0;
  async function look(): Promise<void> {
    for (const { workflowId, act } of waiting) if (!(await knows(workflowId, act))) lost += 1;
  }
  async function knows(workflowId: string, act: 'start' | 'signal'): Promise<boolean> {
    try {
      const { events } = await workflow.getHandle(workflowId).fetchHistory();
      const signals = (events ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes);
      return act === 'start' || signals.length > 0;
    } catch (error) {
      if (error instanceof Error && error.name === 'WorkflowNotFoundError') return false;
      throw error;
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, look));
  await connection.close();
  return lost;
}
