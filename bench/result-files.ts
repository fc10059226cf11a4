// The files of the results: one per bench, and one of its profile. A quick run never takes the place of a whole one.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { profileSummary, type ProfileSummary } from './profile';
import { benchResult, type BenchResult } from './result';

export const RESULTS = join(__dirname, 'results');
/** Of the bench of the same name. */
export const PROFILES = join(RESULTS, 'profiles');
export const DOCUMENT = join(__dirname, '../docs/benchmarks.md');

/** @throws ZodError when a file is no result */
export function readResults(folder: string): readonly BenchResult[] {
  return filesIn(folder).map(readResult);
}

/** @throws ZodError when a file is no profile */
export function readProfiles(folder: string): readonly ProfileSummary[] {
  return filesIn(folder).map((file) => profileSummary.parse(JSON.parse(readFileSync(file, 'utf8'))));
}

export function writeProfile(folder: string, profile: ProfileSummary): void {
  write(folder, profile.bench, profileSummary.parse(profile));
}

function filesIn(folder: string): readonly string[] {
  // Git keeps no empty folder.
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => join(folder, file));
}

function write(folder: string, name: string, content: object): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(content, null, 2)}\n`);
}

/** Answers false when it left a whole run in place. */
export function writeResult(folder: string, result: BenchResult): boolean {
  const file = join(folder, `${result.name}.json`);
  if (result.quick && existsSync(file) && !readResult(file).quick) return false;
  write(folder, result.name, result);
  return true;
}

function readResult(file: string): BenchResult {
  return benchResult.parse(JSON.parse(readFileSync(file, 'utf8')));
}
