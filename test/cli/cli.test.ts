// What the command line prints, where, and how it exits.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
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

test.each(['--help', 'help', 'config --help', 'config help'])(
  '`jisr %s` is answered with the help',
  async (words) => {
    const { code, out } = await run(words);
    expect(code).toBe(0);
    expect(out).toContain('Usage: jisr');
  },
);

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
