// What the Web UI is looked at with: a whole bridge as `npm start` makes it (its own Temporal dev server, PGlite, a
// temporary folder, free ports), a simulated Odoo that pushes, and a subscriber. Never looks at the UI itself.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childEnvironment, loadConfig } from '../../src/config';
import { createBridgeClient, type BridgeClient } from '../../src/demo/bridge-client';
import { startSubscriber, type ReceivedWebhook, type Subscriber } from '../../src/demo/subscriber';
import type { EventState } from '../../src/domain/event-state';
import { Closing } from '../../src/roles/closing';
import { SOURCE } from '../../src/demo/stage';
import { startBridge, type Bridge } from '../../src/roles/embedded';
import { quietTelemetry } from '../../src/roles/telemetry';
import { startSimulator } from '../../src/simulator/simulator';
import type { NewChange } from '../../src/simulator/change-types';
import type { Simulator } from '../../src/simulator/simulator-types';
import { installRuntime } from '../../src/temporal/session';
import { readEvent } from '../../src/store/events/read';
import { eventually, log } from '../support/bridge';
import { findTestCli } from '../temporal-server';

const PUSH_KEY = 'webui-push-key';
/** Odoo's push ids begin here. */
export const FIRST_PUSH_ID = 168;

export interface Lab {
  readonly bridge: Bridge;
  readonly uiUrl: string;
  readonly odoo: Simulator;
  readonly subscriber: Subscriber;
  readonly client: BridgeClient;
  readonly cliPath: string;
  /** Pushes a change; answers its key. The first one is `168`. */
  push(change?: NewChange): string;
  /** Waits until the store says so. */
  becomes(key: string, status: EventState): Promise<void>;
  /** Waits until so many are found by a query of the Web UI. */
  found(query: string, count: number): Promise<void>;
  /** Waits until Temporal holds this attempt of the event's delivery for later. */
  waitsForAttempt(key: string, attempt: number): Promise<void>;
  /** What the subscriber was sent of an event. */
  sent(key: string): readonly ReceivedWebhook[];
  /** Pushes a change that the subscriber answers with this status, until it is mended. */
  refused(status: number, expected: EventState, change?: NewChange): Promise<string>;
  close(): Promise<void>;
}

export async function openLab(): Promise<Lab> {
  installRuntime(log);
  const closing = new Closing();
  try {
    const folder = mkdtempSync(join(tmpdir(), 'jisr-webui-'));
    closing.add(() => {
      rmSync(folder, { recursive: true, force: true });
    });
    const odoo = await startSimulator({ apiKey: 'webui-key', pushSequenceOffset: FIRST_PUSH_ID - 1 });
    closing.add(() => odoo.close());
    const subscriber = await startSubscriber();
    closing.add(() => subscriber.close());
    const cliPath = await findTestCli();
    const config = loadConfig(
      {
        PORT: '0',
        JISR_DATA_DIR: join(folder, 'data'),
        ODOO_URL: odoo.url,
        ODOO_API_KEY: 'webui-key',
        // Only what a signal asks for is pulled, so that a page of the UI stands still.
        ODOO_PULL_INTERVAL_MS: '3600000',
        ODOO_SWEEP_INTERVAL_MS: '3600000',
        ODOO_PUSH_API_KEY: PUSH_KEY,
        JISR_WEBHOOK_ALLOW_CIDR: '127.0.0.0/8',
        JISR_DELIVERY_SCHEDULE: '0,0.5,600',
        TEMPORAL_CLI_PATH: cliPath,
      },
      folder,
    );
    const bridge = await startBridge({
      config,
      env: childEnvironment(),
      log,
      telemetry: quietTelemetry(),
      say: () => undefined,
      bundlePath: join(__dirname, '../../dist/workflow-bundle.js'),
    });
    closing.add(() => bridge.stop());
    odoo.setPush({
      url: `${bridge.url}/api/v1/webhooks/receive`,
      credentials: { kind: 'bearer', token: PUSH_KEY },
    });
    const client = createBridgeClient(bridge.url, bridge.adminKey);
    await client.subscribe('crm-webhook', `${subscriber.url}/hook`);
    // What is pushed from now on has a push id for its key.
    await odoo.until('the first pull', () => odoo.requests.pulls().length > 0);
    await eventually(async () => {
      if ((await client.source(SOURCE)).state !== 'idle') throw new Error('it still pulls');
    });
    const push = (change?: NewChange) => String(odoo.change({ operation: 'write', ...change }).pushId);
    const becomes = (key: string, status: EventState) =>
      eventually(async () => {
        const is = (await readEvent(bridge.store.db, key))?.status;
        if (is !== status) throw new Error(`${key} is ${is}, not ${status}`);
      });
    return {
      bridge,
      uiUrl: bridge.uiUrl!,
      odoo,
      subscriber,
      client,
      cliPath,
      push,
      becomes,
      found: (query, count) =>
        eventually(async () => {
          const found = await bridge.session.client.workflow.count(query);
          if (found.count !== count) throw new Error(`${query} finds ${found.count}, not ${count}`);
        }),
      waitsForAttempt: (key, attempt) =>
        eventually(async () => {
          const { raw } = await bridge.session.client.workflow.getHandle(key).describe();
          const waiting = raw.pendingActivities?.map((activity) => activity.attempt);
          if (waiting?.[0] !== attempt) throw new Error(`${key} waits for ${String(waiting)}`);
        }),
      sent: (key) => subscriber.received.filter(({ body }) => body.includes(`"key":"${key}"`)),
      refused: async (status, expected, change) => {
        subscriber.behave(() => ({ status }));
        const key = push(change);
        await becomes(key, expected);
        return key;
      },
      close: () => closing.close(),
    };
  } catch (error) {
    await closing.close();
    throw error;
  }
}
