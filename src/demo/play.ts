// Sets the stage: a simulated Odoo, a bridge in a temporary folder on free ports, short intervals. Then plays.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, type Environment } from '../config';
import type { Logger } from '../logger';
import { Closing } from '../roles/closing';
import { startBridge, type Bridge } from '../roles/embedded';
import { quietTelemetry } from '../roles/telemetry';
import type { WorkerPorts } from '../roles/worker-role';
import { startSimulator } from '../simulator/simulator';
import { playScene, type SceneResult } from './scene';
import type { Step } from './steps';
import { startSubscriber } from './subscriber';

const PUSH_KEY = 'demo-push-key';

export interface DemoOptions {
  readonly env: Environment;
  readonly log: Logger;
  readonly say: (line: string) => void;
  readonly bundlePath: string;
  readonly ports?: WorkerPorts;
  readonly steps?: readonly Step[];
  readonly patienceMs?: number;
}

export interface Demo {
  readonly result: SceneResult;
  readonly bridge: Bridge;
  close(): Promise<void>;
}

/** Of the environment; all else is the demo's own. */
const YOURS = ['TEMPORAL_CLI_PATH', 'JISR_PROCESSING'] as const;

export async function playDemo(options: DemoOptions): Promise<Demo> {
  const { env, say, steps, patienceMs } = options;
  const closing = new Closing();
  try {
    const folder = mkdtempSync(join(tmpdir(), 'jisr-demo-'));
    closing.add(() => {
      rmSync(folder, { recursive: true, force: true });
    });
    const odoo = await startSimulator({ apiKey: 'demo-key' });
    closing.add(() => odoo.close());
    odoo.changeMany(100);
    const subscriber = await startSubscriber();
    closing.add(() => subscriber.close());
    const config = loadConfig(
      {
        PORT: '0',
        JISR_DATA_DIR: join(folder, 'data'),
        ODOO_URL: odoo.url,
        ODOO_API_KEY: 'demo-key',
        ODOO_PULL_INTERVAL_MS: '300',
        ODOO_PULL_LIMIT: '100',
        ODOO_SWEEP_INTERVAL_MS: '2000',
        ODOO_PUSH_API_KEY: PUSH_KEY,
        JISR_WEBHOOK_ALLOW_CIDR: '127.0.0.0/8',
        JISR_DELIVERY_SCHEDULE: '0,0.5,1,2,4',
        JISR_CIRCUIT_FAILURES: '10',
        ...Object.fromEntries(YOURS.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]))),
      },
      folder,
    );
    say('starting Temporal, the store, the worker, the API, a simulated Odoo and a subscriber …');
    const bridge = await startBridge({ ...options, config, telemetry: quietTelemetry() });
    closing.add(() => bridge.stop());
    say(`watch it:  Temporal Web UI ${bridge.uiUrl ?? ''}   API ${bridge.url}\n`);
    const scene = {
      odoo,
      subscriber,
      bridge,
      pushKey: PUSH_KEY,
      say,
      ...(steps === undefined ? {} : { steps }),
      ...(patienceMs === undefined ? {} : { patienceMs }),
    };
    return { result: await playScene(scene), bridge, close: () => closing.close() };
  } catch (error) {
    await closing.close();
    throw error;
  }
}
