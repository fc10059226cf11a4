// Where the previous commit is not there, nobody may believe that it was tested.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commitOf, CommitMissing, newPatches } from './previous-build';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jisr-clone-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd: folder })
    .toString()
    .trim();
const commit = () => git('commit', '--quiet', '--allow-empty', '--message', 'feat: a commit');

test('a clone without the previous commit is told what it lacks and how to get it', async () => {
  git('init', '--quiet');
  commit();
  const asked = commitOf('HEAD^', folder);
  await expect(asked).rejects.toThrow(CommitMissing);
  await expect(asked).rejects.toThrow(/HEAD\^.*git fetch --unshallow.*JISR_UPGRADE_FROM/s);
});

test('a folder that is no clone is told the same', async () => {
  await expect(commitOf('HEAD^', folder)).rejects.toThrow(CommitMissing);
});

test('the previous commit of a clone is its hash', async () => {
  git('init', '--quiet');
  commit();
  const first = git('rev-parse', 'HEAD');
  commit();
  expect(await commitOf('HEAD^', folder)).toBe(first);
});

test('a patch that only this version has is told, a deprecated one of both is not', () => {
  const version = (name: string, text: string) => {
    const root = join(folder, name);
    mkdirSync(join(root, 'src/workflows'), { recursive: true });
    writeFileSync(join(root, 'src/workflows/some.ts'), text);
    return root;
  };
  const previous = version('old', "if (patched('known')) {}");
  const current = version('new', "deprecatePatch('known');\nif (patched('why-it-changed')) {}");
  expect(newPatches(previous, current)).toEqual(['why-it-changed']);
  expect(newPatches(previous, previous)).toEqual([]);
});
