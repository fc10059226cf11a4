// The files of the results: one per bench. A quick run never takes the place of a whole one.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { benchResult, type BenchResult } from './result';

export const RESULTS = join(__dirname, 'results');
export const DOCUMENT = join(__dirname, '../docs/benchmarks.md');

/** @throws ZodError when a file is no result */
export function readResults(folder: string): readonly BenchResult[] {
  // Git keeps no empty folder.
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => readResult(join(folder, file)));
}

/** Answers false when it left a whole run in place. */
export function writeResult(folder: string, result: BenchResult): boolean {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${result.name}.json`);
  if (result.quick && existsSync(file) && !readResult(file).quick) return false;
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  return true;
}

function readResult(file: string): BenchResult {
  return benchResult.parse(JSON.parse(readFileSync(file, 'utf8')));
}
