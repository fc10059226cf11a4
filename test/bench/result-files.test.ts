import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readResults, writeResult } from '../../bench/result-files';
import { aResult } from './a-result';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jisr-results-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('a quick run takes the place of a quick one', () => {
  writeResult(folder, aResult({ quick: true, seed: 1 }));
  expect(writeResult(folder, aResult({ quick: true, seed: 2 }))).toBe(true);
  expect(readResults(folder)).toEqual([aResult({ quick: true, seed: 2 })]);
});

test('a quick run never takes the place of a whole one', () => {
  writeResult(folder, aResult());
  expect(writeResult(folder, aResult({ quick: true }))).toBe(false);
  expect(readResults(folder)).toEqual([aResult()]);
});

test('a file that is no result is refused', () => {
  writeFileSync(join(folder, 'wrong.json'), '{"name":"wrong"}');
  expect(() => readResults(folder)).toThrow();
});
