// What the Dockerfile makes, in a folder of this machine: its steps are run here, a folder for each stage.
// Never as root's own system: what it installs with apt-get is left out.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../deploy/compose-file';
import { stagesOf, type Step } from '../deploy/dockerfile';

const run = promisify(execFile);

/** Answers the folder that stands for the root of the image's last stage. */
export async function makeImage(folder: string): Promise<string> {
  const stages = stagesOf(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'));
  const roots = new Map<string, string>();
  let root = '';
  for (const [place, stage] of stages.entries()) {
    root = join(folder, `stage-${place}`);
    const name = / AS (\w+)$/.exec(stage[0]?.rest ?? '')?.[1];
    if (name !== undefined) roots.set(name, root);
    await makeStage(stage, root, roots);
  }
  return root;
}

async function makeStage(
  steps: readonly Step[],
  root: string,
  roots: ReadonlyMap<string, string>,
): Promise<void> {
  let workdir = root;
  for (const { keyword, rest } of steps) {
    if (keyword === 'WORKDIR') {
      workdir = join(root, rest);
      mkdirSync(workdir, { recursive: true });
    }
    if (keyword === 'COPY') copy(rest.split(' '), workdir, roots);
    if (keyword === 'RUN' && !rest.startsWith('apt-get ')) {
      // As in the image, where nobody says that this is a test.
      const { NODE_ENV: _env, NODE_OPTIONS: _options, ...env } = process.env;
      await run('/bin/sh', ['-c', rest], { cwd: workdir, env, maxBuffer: 64 * 1024 * 1024 });
    }
  }
}

function copy(parts: readonly string[], workdir: string, roots: ReadonlyMap<string, string>): void {
  const stage = /^--from=(\w+)$/.exec(parts[0] ?? '')?.[1];
  const from = stage === undefined ? ROOT : roots.get(stage);
  if (from === undefined) throw new Error(`COPY ${parts.join(' ')}: no stage ${stage}`);
  const sources = parts.slice(stage === undefined ? 0 : 1, -1);
  const target = join(workdir, parts.at(-1) ?? '');
  for (const source of sources) {
    const into =
      parts.at(-1)?.endsWith('/') === true ? join(target, source.slice(source.lastIndexOf('/') + 1)) : target;
    cpSync(join(from, source), into, { recursive: true, verbatimSymlinks: true });
  }
}
