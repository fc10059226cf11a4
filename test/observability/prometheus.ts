// Debian's Prometheus, on the configuration of deploy/prometheus: its names and paths become those of this machine.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { parse, stringify } from 'yaml';
import { freePorts } from '../../src/temporal/free-ports';
import { ROOT } from '../deploy/compose-file';
import { eventually } from '../support/bridge';
import { endWithUs } from '../temporal-server';

const HOW_TO_INSTALL = 'Install it: apt-get install prometheus';

/** Null when there is none; then it says so. */
export function findPrometheus(): { readonly prometheus: string; readonly promtool: string } | null {
  const [prometheus, promtool] = ['prometheus', 'promtool'].map(onPath);
  if (prometheus != null && promtool != null) return { prometheus, promtool };
  process.stderr.write(`\n*** SKIPPED: everything that needs Prometheus. ${HOW_TO_INSTALL}. ***\n\n`);
  return null;
}

function onPath(program: string): string | null {
  const isRunnable = (file: string) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  };
  const files = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, program));
  return files.find(isRunnable) ?? null;
}

/** Rejects with what it said when it is not content. */
export async function promtool(program: string, ...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(program, args, { cwd: ROOT });
  return stdout + stderr;
}

interface ScrapeConfig {
  readonly job_name: string;
  readonly authorization: object;
}

/** The configuration with these targets, in a folder of its own. */
export function localConfig(
  targets: Readonly<Record<string, string>>,
  key: string,
): { readonly file: string; readonly folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'jisr-prometheus-'));
  const keyFile = join(folder, 'metrics_key');
  writeFileSync(keyFile, key, { mode: 0o600 });
  const text = readFileSync(join(ROOT, 'deploy/prometheus/prometheus.yml'), 'utf8')
    .replaceAll('/run/secrets/metrics_key', keyFile)
    .replaceAll('/etc/prometheus/', `${join(ROOT, 'deploy/prometheus')}/`)
    .replaceAll('15s', '1s')
    .replaceAll('10s', '1s');
  const config = parse(text) as { readonly scrape_configs: readonly ScrapeConfig[] };
  const scrape_configs = config.scrape_configs.map(({ job_name, authorization }) => ({
    job_name,
    authorization,
    static_configs: [{ targets: [targets[job_name]] }],
  }));
  const file = join(folder, 'prometheus.yml');
  writeFileSync(file, stringify({ ...config, scrape_configs }));
  return { file, folder };
}

export interface Prometheus {
  /** What its HTTP interface answers, below `data`. */
  get(path: string): Promise<unknown>;
  query(expression: string): Promise<readonly unknown[]>;
  close(): Promise<void>;
}

export async function startPrometheus(
  program: string,
  { file, folder }: ReturnType<typeof localConfig>,
): Promise<Prometheus> {
  const [port = 0] = await freePorts(1);
  const child = spawn(
    program,
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const release = endWithUs(child.pid ?? 0);
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  const get = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`);
    const body = (await answer.json()) as { status: string; data: unknown; error?: string };
    if (body.status !== 'success') throw new Error(`${path}: ${body.error}\n${said}`);
    return body.data;
  };
  await eventually(() => get('status/buildinfo'), 30_000);
  return {
    get,
    query: async (expression) => {
      const data = await get(`query?query=${encodeURIComponent(expression)}`);
      return (data as { result: readonly unknown[] }).result;
    },
    close: async () => {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
      release();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
