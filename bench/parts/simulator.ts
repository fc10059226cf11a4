// The simulated Odoo as a process of its own, steered over its control API.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { request } from 'undici';
import { z } from 'zod';
import { required } from '../../src/domain/required';

const MAIN = join(__dirname, '../../dist/simulator/main.js');
const KEY = 'bench-odoo-key';

const listening = z.object({ odoo: z.url(), control: z.url() });
const health = z.object({ pending_events: z.number() });
const requests = z.object({ pulls: z.array(z.object({ atMs: z.number(), served: z.number() })) });

export interface OdooProcess {
  readonly url: string;
  readonly key: string;
  /** What points a bridge at it. */
  readonly env: Readonly<Record<string, string>>;
  change(count: number): Promise<void>;
  /** Rows that are not marked as processed. */
  openRows(): Promise<number>;
  /** When a pull that was asked since then, and was served rows, came first (epoch ms). */
  firstServedMs(sinceMs: number): Promise<number>;
  readonly stop: () => Promise<void>;
}

/** @param seed of the changes */
export async function startOdoo(seed: number, isPaced: boolean): Promise<OdooProcess> {
  const child = fork(
    MAIN,
    [
      ...['--port', '0', '--control-port', '0', '--key', KEY, '--seed', String(seed)],
      ...(isPaced ? ['--pace'] : []),
    ],
    { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] },
  );
  const lines = createInterface({ input: required(child.stdout, 'the output of the simulator') });
  const said: readonly unknown[] = await once(lines, 'line');
  const { odoo, control } = listening.parse(JSON.parse(String(said[0])));

  async function get(url: string): Promise<unknown> {
    return (await request(url)).body.json();
  }

  return {
    url: odoo,
    key: KEY,
    // A sweep would be measured with what it happens to fall into.
    env: { ODOO_URL: odoo, ODOO_API_KEY: KEY, ODOO_SWEEP_INTERVAL_MS: '86400000' },
    change: async (count) => {
      const answer = await request(`${control}/changes`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ count, each: { push: 'none' } }),
      });
      await answer.body.dump();
    },
    openRows: async () => health.parse(await get(`${odoo}/api/webhooks/health`)).pending_events,
    firstServedMs: async (sinceMs) => {
      const { pulls } = requests.parse(await get(`${control}/requests`));
      const first = pulls.find(({ atMs, served }) => atMs >= sinceMs && served > 0);
      return required(first, 'a pull that was served').atMs;
    },
    stop: async () => {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    },
  };
}
