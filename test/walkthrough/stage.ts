// What the walk stands on: a simulated Odoo, a subscriber that refuses, the bridge from dist, and `jisr` as a program.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSubscriber, type Subscriber } from '../../src/demo/subscriber';
import { startSimulator } from '../../src/simulator/simulator';
import type { Simulator } from '../../src/simulator/simulator-types';
import { eventually } from '../support/bridge';
import { jisrProcess } from '../support/jisr-process';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface WalkStage {
  readonly odoo: Simulator;
  readonly crm: Subscriber;
  readonly run: (words: readonly string[]) => Promise<Ran>;
  /** What changes from run to run, and what stands for it in the page. */
  readonly known: ReadonlyMap<string, string>;
  close(): Promise<void>;
}

const MAIN = join(__dirname, '../../dist/cli/main.js');

export async function setWalkStage(): Promise<WalkStage> {
  const folder = mkdtempSync(join(tmpdir(), 'jisr-walk-'));
  const odoo = await startSimulator({ apiKey: 'walk-key' });
  const crm = await startSubscriber();
  const jisr = await jisrProcess({
    ODOO_URL: odoo.url,
    ODOO_API_KEY: 'walk-key',
    ODOO_PULL_INTERVAL_MS: '300',
    ODOO_SWEEP_INTERVAL_MS: '1000',
    ODOO_PUSH_API_KEY: 'walk-push-key',
    JISR_WEBHOOK_ALLOW_CIDR: '127.0.0.0/8',
    JISR_PROCESSING: 'individually',
  });
  await jisr.start();
  // It says so a moment after it is up.
  const uiUrl = await eventually(() => jisr.uiUrl());
  const env = {
    PATH: process.env['PATH'] ?? '',
    JISR_URL: jisr.url(),
    JISR_API_KEY: 'test-admin-key',
  };
  return {
    odoo,
    crm,
    run: (words) =>
      new Promise((resolve, reject) => {
        execFile(process.execPath, [MAIN, ...words], { cwd: folder, env }, (error, out, err) => {
          const code = error === null ? 0 : error.code;
          if (typeof code === 'number') resolve({ code, out: out.trimEnd(), err: err.trimEnd() });
          else reject(error ?? new Error('no exit code'));
        });
      }),
    // As long as what they stand for, so that tables stay in line.
    known: new Map([
      [crm.url, 'http://10.0.0.12:49000'],
      [crm.url.replace('http://', ''), '10.0.0.12:49000'],
      [jisr.url(), 'http://127.0.0.1:8080'],
      [uiUrl, 'http://127.0.0.1:8233'],
      [odoo.url, 'https://odoo.example'],
    ]),
    close: async () => {
      await jisr.stop();
      jisr.remove();
      await crm.close();
      await odoo.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
