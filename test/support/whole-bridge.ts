// A bridge as a process of its own, between a simulated Odoo that it pulls and a subscriber on this machine: what the
// suites stand on that kill it.
import { startSubscriber, type Subscriber } from '../../src/demo/subscriber';
import { startSimulator } from '../../src/simulator/simulator';
import type { Simulator } from '../../src/simulator/simulator-types';
import { jisrProcess, type JisrProcess } from './jisr-process';

export const KILLS = [
  ['of the whole process, its Temporal server included', 'killAll'],
  ['of Node alone, which orphans its Temporal server', 'killNode'],
] as const;

export interface WholeBridge {
  readonly odoo: Simulator;
  /** It has not subscribed yet. */
  readonly subscriber: Subscriber;
  readonly jisr: JisrProcess;
  close(): Promise<void>;
}

export async function startWholeBridge(env: Record<string, string> = {}): Promise<WholeBridge> {
  const odoo = await startSimulator();
  const subscriber = await startSubscriber();
  const jisr = await jisrProcess({
    ODOO_URL: odoo.url,
    ODOO_API_KEY: 'lab-key',
    ODOO_PULL_INTERVAL_MS: '500',
    JISR_WEBHOOK_ALLOW_CIDR: '127.0.0.0/8',
    ...env,
  });
  await jisr.start();
  return {
    odoo,
    subscriber,
    jisr,
    close: async () => {
      await jisr.stop();
      jisr.remove();
      await subscriber.close();
      await odoo.close();
    },
  };
}
