// An earlier commit of this repository, built in a folder of its own.
// Never touches the working tree, and leaves nothing behind in Git.
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(__dirname, '../..');
const run = promisify(execFile);
/** What npm and tsc say can be long. */
const OUTPUT = { maxBuffer: 64 * 1024 * 1024 };

export interface Build {
  /** Holds dist and node_modules. */
  readonly root: string;
  remove(): void;
}

/** Thrown when the commit is not in this clone: the message says how to get it. */
export class CommitMissing extends Error {}

/** @param wanted as Git names commits: `HEAD^`, a tag, a hash */
export async function commitOf(wanted: string, clone = ROOT): Promise<string> {
  try {
    const { stdout } = await run('git', ['rev-parse', '--verify', '--quiet', `${wanted}^{commit}`], {
      cwd: clone,
    });
    return stdout.trim();
  } catch (cause) {
    throw new CommitMissing(
      `there is no commit ${wanted} in ${clone}, so nothing can be upgraded from: a shallow clone wants ` +
        '`git fetch --unshallow`; else name a commit that is there: JISR_UPGRADE_FROM=v1.2.3 npm run test:upgrade',
      { cause },
    );
  }
}

/**
 * The patches that this version has and the one in `previous` has not. What a run writes of them, no older version can
 * replay: such an upgrade has no way back.
 */
export function newPatches(previous: string, current = ROOT): readonly string[] {
  const known = patchesIn(previous);
  return patchesIn(current).filter((patch) => !known.includes(patch));
}

function patchesIn(root: string): readonly string[] {
  const folder = join(root, 'src/workflows');
  return readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .flatMap((text) => [...text.matchAll(/\b(?:patched|deprecatePatch)\(\s*'([^']+)'/g)])
    .map(([, patch = '']) => patch);
}

/** Shares node_modules where both lock files are the same; else installs what the commit wants. */
export async function buildOf(commit: string, say: (line: string) => void): Promise<Build> {
  const root = mkdtempSync(join(tmpdir(), 'jisr-previous-'));
  const remove = () => {
    rmSync(root, { recursive: true, force: true });
  };
  // As a person builds it, who does not say that this is a test.
  const { NODE_ENV: _env, NODE_OPTIONS: _options, ...env } = process.env;
  const npm = (...args: string[]) => run('npm', args, { cwd: root, env, ...OUTPUT });
  try {
    const archive = join(root, 'commit.tar');
    await run('git', ['archive', '--output', archive, commit], { cwd: ROOT });
    await run('tar', ['-xf', archive, '-C', root]);
    const lock = (folder: string) => readFileSync(join(folder, 'package-lock.json'), 'utf8');
    if (lock(root) === lock(ROOT)) symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
    else {
      say('the previous commit has other packages: npm ci');
      await npm('ci');
    }
    await npm('run', '--silent', 'build');
    return { root, remove };
  } catch (error) {
    remove();
    throw error;
  }
}
