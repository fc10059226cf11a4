// Which software was measured.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { findPostgres } from '../test/support/postgres';
import { findTestCli } from '../test/temporal-server';

const PACKAGES = ['@temporalio/worker', '@electric-sql/pglite', 'pg', 'express'] as const;
const ROOT = join(__dirname, '..');
/** Results of earlier benches change these, and they change no figure. */
const OUR_OUTPUT = [':!bench/results', ':!docs/benchmarks.md'];

const manifest = z.object({ version: z.string() });

export async function versions(): Promise<Record<string, string>> {
  const bin = findPostgres();
  const postgres =
    bin === null ? {} : { PostgreSQL: versionIn(output(join(bin, 'postgres'), ['--version'])) };
  const packages = PACKAGES.map((name) => [name, packageVersion(name)] as const);
  return {
    Node: process.versions.node,
    Temporal: serverIn(output(await findTestCli(), ['--version'])),
    ...postgres,
    ...Object.fromEntries(packages),
  };
}

export function commit(): { readonly commit: string; readonly dirty: boolean } {
  return {
    commit: output('git', ['rev-parse', 'HEAD']),
    dirty: output('git', ['status', '--porcelain', '--', '.', ...OUR_OUTPUT]) !== '',
  };
}

function output(command: string, args: readonly string[]): string {
  return execFileSync(command, args, { cwd: ROOT }).toString().trim();
}

function versionIn(text: string): string {
  return /\d+(\.\d+)+/.exec(text)?.[0] ?? text;
}

/** `temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)` */
function serverIn(text: string): string {
  return versionIn(/Server ([\d.]+)/.exec(text)?.[1] ?? text);
}

function packageVersion(name: string): string {
  const file = join(ROOT, 'node_modules', name, 'package.json');
  return manifest.parse(JSON.parse(readFileSync(file, 'utf8'))).version;
}
