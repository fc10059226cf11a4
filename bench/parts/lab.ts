// Everything a bench can start. What it started is closed with it, the last first.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { z } from 'zod';
import { Closing } from '../../src/roles/closing';
import { findPostgres, startPostgres, type Postgres } from '../../test/support/postgres';
import { latencies, type Latencies } from '../children/latencies';
import type { StoreLocation } from '../children/plain-store';
import type { WorkerOptionsName } from '../children/worker-options';
import { openBridge, type Bridge, type BridgeOptions } from './bridge';
import { startChild, type Child } from './child';
import type { Setup } from './setups';
import { startOdoo, type OdooProcess } from './simulator';

export interface Lab {
  /** Those of the setups that this machine can run, and that were asked for. */
  possible(...setups: readonly Setup[]): readonly Setup[];
  bridge(setup: Setup, env?: Readonly<Record<string, string>>, fill?: BridgeOptions['fill']): Promise<Bridge>;
  odoo(seed: number, isPaced: boolean): Promise<OdooProcess>;
  /** Who pushes, asks and subscribed. */
  outside(): Child;
  child(script: string): Child;
  /** An empty database of the engine, for a yardstick. */
  emptyStore(setup: Setup): Promise<StoreLocation>;
  /** @param options default: as Jisr */
  emptyWorkflows(on: Pick<Bridge, 'temporal'>, options?: WorkerOptionsName): Promise<EmptyWorkflows>;
  /** Deleted with the lab. */
  folder(): string;
  /** Ends all of it. */
  readonly close: () => Promise<void>;
}

export interface EmptyWorkflows {
  /** The latencies are those of the starts; `perSecond` counts what is completed. */
  run(count: number, inFlight: number): Promise<Latencies>;
  readonly stop: () => Promise<void>;
}

export interface LabOptions {
  /** Where the bridge's processes leave CPU profiles; null: they make none. */
  readonly profileFolder: string | null;
  /** Null: all that the machine can run. */
  readonly onlySetup: Setup['name'] | null;
}

export function createLab({ profileFolder, onlySetup }: LabOptions): Lab {
  const closing = new Closing();
  const bin = findPostgres();
  let postgres: Promise<Postgres> | null = null;
  let emptyBundle: Promise<string> | null = null;

  /** Closed with the lab, or before: stopping twice is no matter. */
  function closeLater(stop: () => Promise<void>): () => Promise<void> {
    let stopped: Promise<void> | null = null;
    const once = () => (stopped ??= stop());
    closing.add(once);
    return once;
  }

  function temporaryFolder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'jisr-bench-'));
    closing.add(() => {
      rmSync(folder, { recursive: true, force: true });
    });
    return folder;
  }

  async function startServer(): Promise<Postgres> {
    if (bin === null) throw new Error('there is no PostgreSQL here');
    const server = await startPostgres(bin);
    closing.add(() => server.close());
    return server;
  }

  async function createDatabase(): Promise<string> {
    postgres ??= startServer();
    return (await postgres).createDatabase();
  }

  async function bundleEmptyWorkflow(): Promise<string> {
    const { code } = await bundleWorkflowCode({
      workflowsPath: join(__dirname, '../children/empty-workflows.ts'),
      logger: new DefaultLogger('WARN'),
    });
    const path = join(temporaryFolder(), 'empty-workflow-bundle.js');
    writeFileSync(path, code);
    return path;
  }

  function child(script: string): Child {
    const started = startChild(script);
    return { ...started, stop: closeLater(started.stop) };
  }

  return {
    possible: (...setups) =>
      setups.filter(
        ({ engine, name }) =>
          (engine !== 'postgres' || bin !== null) && (onlySetup === null || name === onlySetup),
      ),
    bridge: async (setup, env = {}, fill) => {
      const databaseUrl = setup.engine === 'postgres' ? await createDatabase() : null;
      const bridge = await openBridge({
        setup,
        databaseUrl,
        env,
        nodeArguments: profileFolder === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`],
        ...(fill === undefined ? {} : { fill }),
      });
      return { ...bridge, close: closeLater(() => bridge.close()) };
    },
    odoo: async (seed, isPaced) => {
      const odoo = await startOdoo(seed, isPaced);
      return { ...odoo, stop: closeLater(odoo.stop) };
    },
    folder: temporaryFolder,
    child,
    outside: () => child('outside.ts'),
    emptyStore: async ({ engine }) =>
      engine === 'postgres'
        ? { engine, url: await createDatabase() }
        : { engine, folder: join(temporaryFolder(), 'store') },
    emptyWorkflows: async ({ temporal }, workerOptions = 'as Jisr') => {
      emptyBundle ??= bundleEmptyWorkflow();
      const worker = child('empty-workflow.ts');
      const { address } = temporal;
      await worker.ask('open', { address, bundlePath: await emptyBundle, workerOptions }, z.object({}));
      return {
        run: (count, inFlight) => worker.ask('run', { count, inFlight }, latencies),
        stop: worker.stop,
      };
    },
    close: () => closing.close(),
  };
}
