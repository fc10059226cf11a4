// Where two versions meet: one database, one namespace, a simulated Odoo that goes on changing, and a subscriber that
// refuses some records, and is not ready for others, until it is mended for them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DispatchInput, PullInput } from '../../src/contracts/workflows';
import { DISPATCH_WORKFLOW_ID, TASK_QUEUE, WORKFLOW_TYPES } from '../../src/contracts/names';
import { startSubscriber, type Subscriber } from '../../src/demo/subscriber';
import { startSimulator } from '../../src/simulator/simulator';
import type { Simulator } from '../../src/simulator/simulator-types';
import type { TemporalSession } from '../../src/temporal/session';
import { openTestSession } from '../support/bridge';
import { jisrProcess, type JisrProcess } from '../support/jisr-process';
import { createTestDatabase } from '../support/stores';

export const ADMIN_KEY = 'test-admin-key';
/** The subscriber of `/erp` refuses the one, and is not ready for the other. */
export const REFUSED = 'crm.lead';
export const NOT_READY = 'sale.order';
/** The model that goes in batches. */
const IN_BATCHES = 'stock.picking';
/** The runs that never end begin anew so often that what they carry crosses too. */
const MOST_HISTORY_EVENTS = 150;

const SHAPES = ['instant', 'builder', 'batch', 'instant-then-builder', 'none'] as const;

export interface Stage {
  readonly session: TemporalSession;
  readonly odoo: Simulator;
  readonly subscriber: Subscriber;
  /** Not started yet. */
  readonly role: (script: 'worker.js' | 'api/server.js', root?: string) => Promise<JisrProcess>;
  /** From now on the subscriber takes this record. */
  readonly mend: (recordId: number) => void;
  /** Changes go on until it is called; answers when every push is over. */
  readonly flow: () => () => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function setStage(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'jisr-upgrade-'));
  const yaml = join(folder, 'jisr.yaml');
  writeFileSync(yaml, `processing:\n  - { model: ${IN_BATCHES}, mode: in_batches }\n`);
  const database = await createTestDatabase();
  const session = await openTestSession();
  const odoo = await startSimulator();
  const subscriber = await startSubscriber();
  const roles: JisrProcess[] = [];
  const started = new Set<JisrProcess>();
  const mended = new Set<number>();
  let endFlow = () => Promise.resolve();
  subscriber.behave(({ path, body }) => {
    if (path !== '/erp') return { status: 200 };
    const { data } = JSON.parse(body) as { data: { model: string; record_id: number } };
    if (mended.has(data.record_id)) return { status: 200 };
    return { status: data.model === REFUSED ? 422 : 503 };
  });
  await startEndlessRuns(session);
  const env = {
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: process.env['JISR_TEST_TEMPORAL']!,
    TEMPORAL_NAMESPACE: session.namespace,
    JISR_CONFIG: yaml,
    JISR_SECRET_KEY: 'test-secret-key-0123456789',
    ODOO_URL: odoo.url,
    ODOO_API_KEY: 'lab-key',
    ODOO_PUSH_API_KEY: 'push-key',
    ODOO_PULL_INTERVAL_MS: '300',
    ODOO_SWEEP_INTERVAL_MS: '3000',
    JISR_WEBHOOK_ALLOW_CIDR: '127.0.0.0/8',
    JISR_CIRCUIT_FAILURES: '1000',
    // 0, then every second for minutes.
    JISR_DELIVERY_SCHEDULE: ['0', ...Array<string>(300).fill('1')].join(','),
  };
  return {
    session,
    odoo,
    subscriber,
    role: async (script, root) => {
      const role = await jisrProcess(env, script, root);
      roles.push(role);
      return {
        ...role,
        start: async () => {
          await role.start();
          started.add(role);
        },
      };
    },
    mend: (recordId) => void mended.add(recordId),
    flow: () => (endFlow = flowOf(odoo)),
    close: async () => {
      await endFlow();
      for (const role of roles) {
        if (started.has(role)) await role.stop();
        role.remove();
      }
      await subscriber.close();
      await odoo.close();
      await session.close();
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function flowOf(odoo: Simulator): () => Promise<void> {
  const ending = new AbortController();
  const making = (async () => {
    for (let times = 0; !ending.signal.aborted; times += 1) {
      const model = times % 4 === 3 ? IN_BATCHES : 'res.partner';
      odoo.changeMany(4, { model, push: SHAPES[times % SHAPES.length]! });
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  })();
  return async () => {
    ending.abort();
    await making;
    await odoo.pushesIdle();
  };
}

/** Before any process of Jisr does, which then finds them. */
async function startEndlessRuns({ client }: TemporalSession): Promise<void> {
  const dispatch: DispatchInput = { tickMs: 1_000, maxHistoryEvents: MOST_HISTORY_EVENTS };
  const pull: PullInput = { source: 'main', maxHistoryEvents: MOST_HISTORY_EVENTS };
  await client.workflow.start(WORKFLOW_TYPES.dispatch, {
    workflowId: DISPATCH_WORKFLOW_ID,
    taskQueue: TASK_QUEUE,
    args: [dispatch],
  });
  await client.workflow.start(WORKFLOW_TYPES.pull, {
    workflowId: 'odoo-pull',
    taskQueue: TASK_QUEUE,
    args: [pull],
  });
}
