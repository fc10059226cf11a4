// The topology of docker-compose.yml without Docker: PostgreSQL, a Temporal server on it, the api, two workers,
// each a process of its own, from the files of the image; and a simulated Odoo.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startSimulator } from '../../src/simulator/simulator';
import type { Simulator } from '../../src/simulator/simulator-types';
import { required } from '../../src/domain/required';
import { jisrProcess, type JisrProcess } from '../support/jisr-process';
import { findPostgres, HOW_TO_INSTALL, startPostgres } from '../support/postgres';
import { findTestCli } from '../temporal-server';
import { makeImage } from './image';
import { lowFreePorts } from './low-ports';
import { natively, type Native } from './natively';
import { buildTemporal, findGo, HOW_TO_INSTALL_GO } from './temporal-build';
import { temporalProcess, type TemporalProcess } from './temporal-process';

export interface Topology {
  readonly native: Native;
  readonly odoo: Simulator;
  readonly temporal: TemporalProcess;
  readonly temporalAddress: string;
  readonly api: JisrProcess;
  readonly workers: readonly [JisrProcess, JisrProcess];
  /** Stops everything, the roles first; answers their exit codes. */
  close(): Promise<readonly (number | null)[]>;
}

/** What is missing on this machine, and how to get it; null when nothing is. */
export function whatIsMissing(): string | null {
  if (!findGo()) return HOW_TO_INSTALL_GO;
  return findPostgres() === null ? HOW_TO_INSTALL : null;
}

/** The key that `jisrProcess` sends. */
export const ADMIN_KEY = 'test-admin-key';

export async function startTopology(say: (line: string) => void): Promise<Topology> {
  const programs = await buildTemporal(say);
  const cli = await findTestCli();
  const bin = required(findPostgres(), 'PostgreSQL');
  const folder = mkdtempSync(join(tmpdir(), 'jisr-topology-'));
  const closing: (() => unknown)[] = [
    () => {
      rmSync(folder, { recursive: true, force: true });
    },
  ];
  const close = async () => {
    for (const step of closing.splice(0).reverse()) await step();
  };
  try {
    say("running the Dockerfile's steps: this takes about half a minute");
    const image = join(await makeImage(join(folder, 'image')), 'app');
    const postgres = await startPostgres(bin);
    closing.push(() => postgres.close());
    const odoo = await startSimulator();
    closing.push(() => odoo.close());
    const [temporalPort = 0] = await lowFreePorts(1);
    const { port, username } = new URL(postgres.url);
    const native = natively({
      folder,
      programs,
      path: [bin, dirname(cli)],
      postgresPort: Number(port),
      temporalPort,
      variables: {
        JISR_ADMIN_KEY: ADMIN_KEY,
        ODOO_URL: odoo.url,
        ODOO_API_KEY: 'lab-key',
        ODOO_PULL_INTERVAL_MS: '500',
        ODOO_PULL_LIMIT: '100',
        ODOO_SWEEP_INTERVAL_MS: '5000',
        LOG_LEVEL: 'warn',
      },
    });
    await native.run(['/bin/sh', 'deploy/postgres/create-databases.sh'], {
      ...native.environment('postgres'),
      POSTGRES_USER: username,
      POSTGRES_DB: 'postgres',
      PGHOST: '127.0.0.1',
      PGPORT: port,
    });
    await native.run(native.command('temporal-schema'), native.environment('temporal-schema'));
    const temporal = await temporalProcess(native);
    closing.push(() => temporal.stop());
    await temporal.start();
    say('the Temporal server is up');

    const role = async (name: string) => {
      const [, script = ''] = native.command(name);
      // Empty: what `jisrProcess` gives the embedded start.
      const env = { TEMPORAL_CLI_PATH: '', JISR_DATA_DIR: '', ...native.environment(name) };
      const jisr = await jisrProcess(env, script.replace(/^dist\//, ''), image);
      closing.push(async () => {
        await jisr.stop();
        jisr.remove();
      });
      return jisr;
    };
    const api = await role('api');
    const workers = [await role('worker'), await role('worker')] as const;
    // At the same instant, on an empty database.
    await Promise.all([api.start(), ...workers.map((worker) => worker.start())]);
    return {
      native,
      odoo,
      temporal,
      temporalAddress: `127.0.0.1:${temporalPort}`,
      api,
      workers,
      close: async () => {
        const codes = await Promise.all([api, ...workers].map((jisr) => jisr.stop()));
        await close();
        return codes;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
