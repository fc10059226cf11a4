// What the command line prints, where, and how it exits.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadConfig } from '../../src/config';
import { runCli } from '../../src/cli/cli';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jisr-cli-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function run(words: string, env: Record<string, string> = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCli(
    words.split(' ').filter((word) => word !== ''),
    {
      out: (line) => void out.push(line),
      err: (line) => void err.push(line),
      env,
      workingFolder: folder,
    },
  );
  return { code, out: out.join('\n'), err: err.join('\n') };
}

test('a sound configuration is shown, says so, and exits 0', async () => {
  const { code, out, err } = await run('config check', { PORT: '9090' });
  expect(code).toBe(0);
  expect(out).toContain('127.0.0.1:9090');
  expect(out).toMatch(/configuration ok$/);
  expect(err).toBe('');
});

test('no secret is shown', async () => {
  const { out } = await run('config check', {
    JISR_ADMIN_KEY: 'hush',
    ODOO_URL: 'https://odoo.example',
    ODOO_API_KEY: 'hush',
    DATABASE_URL: 'postgresql://jisr:hush@db.example/jisr',
  });
  expect(out).toContain('admin key: set');
  expect(out).not.toContain('hush');
});

test('every problem of a configuration is said, and exits 2', async () => {
  const { code, out, err } = await run('config check', { PORT: 'x', LOG_LEVEL: 'loud' });
  expect(code).toBe(2);
  expect(err).toContain('PORT: found "x"');
  expect(err).toContain('LOG_LEVEL: found "loud"');
  expect(out).not.toContain('configuration ok');
});

test.each(['', 'nope', 'config', 'config nope', 'config check --loud', 'config check more'])(
  '`jisr %s` is wrong usage: it exits 2 and shows the help',
  async (words) => {
    const { code, out, err } = await run(words);
    expect(code).toBe(2);
    expect(err).toContain('Usage: jisr');
    expect(out).toBe('');
  },
);

test('what was wrong is not pushed out of sight by the help', async () => {
  const { err } = await run('config chekc');
  expect(err.split('\n').length).toBeLessThan(8);
  expect(err).toMatch(/there are check, print; `jisr config --help` says more/);
});

test.each(['--help', 'help', 'config --help', 'config help'])(
  '`jisr %s` is answered with the help',
  async (words) => {
    const { code, out } = await run(words);
    expect(code).toBe(0);
    expect(out).toContain('Usage: jisr');
  },
);

test('what is in force is printed by the keys of jisr.yaml, and read back it is the same', async () => {
  const env = {
    ODOO_URL: 'https://odoo.example',
    ODOO_API_KEY: 'hush',
    ODOO_PUSH_API_KEY: 'hush',
    JISR_ADMIN_KEY: 'hush',
    DATABASE_URL: 'postgresql://jisr:hush@db.example/jisr',
    JISR_WEBHOOK_ALLOW_CIDR: '10.0.0.0/8',
    JISR_DELIVERY_SCHEDULE: '0,1.5,60',
    ODOO_PULL_INTERVAL_MS: '1234',
  };
  const yaml = `
priorities: [{ model: sale.*, operations: [create], priority: high }]
processing: [{ model: res.*, mode: in_batches }]
app_types: { shop: [product.*] }
subscriptions: [{ name: crm, url: https://crm.test/, models: [res.*], ordered: true, rate_per_second: 5 }]`;
  writeFileSync(join(folder, 'jisr.yaml'), yaml);
  const { code, out } = await run('config print', env);
  expect(code).toBe(0);
  expect(out).not.toContain('hush');
  expect(out).toMatch(/pull_interval_ms: 1234/);
  const again = mkdtempSync(join(folder, 'again-'));
  writeFileSync(join(again, 'jisr.yaml'), out);
  const both = [loadConfig(env, folder), loadConfig({}, again)].map((config) =>
    JSON.stringify({ ...config, configFile: null }),
  );
  expect(both[1]).toBe(both[0]);
  expect(JSON.parse((await run('config print --output json', env)).out)).toMatchObject({
    store: { database_url: 'postgresql://jisr:***@db.example/jisr' },
    sources: [{ name: 'main', api_key: '(set)' }],
  });
});

test('the version is a version', async () => {
  expect(await run('--version')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^\d+\.\d+\.\d+/) as unknown,
  });
});

const MAIN = join(__dirname, '../../dist/cli/main.js');

// Only what is built can be run as a program; `npm test` builds first.
(existsSync(MAIN) ? test : test.skip)(
  'as a program it ends with the exit code and writes faults to stderr',
  async () => {
    const program = promisify(execFile)(process.execPath, [MAIN, 'config', 'check'], {
      cwd: folder,
      env: { PATH: process.env['PATH'], PORT: 'x' },
    });
    await expect(program).rejects.toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('PORT: found "x"') as unknown,
    });
  },
);

// The programs that `jisr` runs, as programs.
const built = existsSync(MAIN) ? test : test.skip;
const program = (words: readonly string[], env: Record<string, string>) =>
  new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const path = process.env['PATH'] ?? '';
    execFile(
      process.execPath,
      [MAIN, ...words],
      { cwd: folder, env: { PATH: path, ...env } },
      (error, out, err) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
      },
    );
  });

built(
  '`migrate` makes the tables of the embedded store, once, and leaves the folder free',
  async () => {
    const env = { JISR_DATA_DIR: 'data', LOG_LEVEL: 'silent' };
    for (let times = 0; times < 2; times += 1) {
      const { code, out } = await program(['migrate'], env);
      expect({ code, out }).toEqual({
        code: 0,
        out: expect.stringMatching(/^the tables are up to date: all \d+/) as unknown,
      });
    }
  },
  60_000,
);

built('`start` ends with the exit code of what it starts', async () => {
  const { code, err } = await program(['start'], { PORT: 'x' });
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('PORT: found "x"') as unknown });
});

built('a pipe that closes early is no failure', async () => {
  const shell = promisify(execFile)('bash', [
    '-o',
    'pipefail',
    '-c',
    `"${process.execPath}" "${MAIN}" completion bash | head -1`,
  ]);
  await expect(shell).resolves.toMatchObject({
    stdout: expect.stringContaining('# jisr') as unknown,
    stderr: '',
  });
});
