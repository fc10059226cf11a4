import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { summarizeThread } from '../../bench/profile';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jisr-profiles-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** As Node writes and names it, with a sample of 1 ms for each place. */
function writeCpuProfile(
  process: number,
  thread: number,
  places: readonly (readonly [functionName: string, url: string])[],
) {
  const nodes = places.map(([functionName, url], id) => ({
    id,
    callFrame: { functionName, url, lineNumber: 1 },
  }));
  const profile = { nodes, samples: nodes.map(({ id }) => id), timeDeltas: nodes.map(() => 1_000) };
  writeFileSync(
    join(folder, `CPU.20261201.031647.${process}.${thread}.00${thread + 1}.cpuprofile`),
    JSON.stringify(profile),
  );
}

test('the time of the busiest main thread, by area, the largest first', () => {
  writeCpuProfile(25440, 0, [
    ['(idle)', ''],
    ['(garbage collector)', ''],
    ['writev', ''],
    ['query', 'file:///jisr/node_modules/pg/lib/client.js'],
    ['execute', 'file:///jisr/node_modules/drizzle-orm/node-postgres/session.cjs'],
    ['canonicalJson', 'file:///jisr/dist/domain/canonical-json.js'],
    ['decide', 'file:///jisr/dist/intake/decide.js'],
    ['emit', 'node:events'],
    ['parse', 'file:///jisr/node_modules/zod/v4/core/parse.cjs'],
    ['(idle)', ''],
  ]);
  // Where workflows run, busier than what answers.
  writeCpuProfile(25440, 1, [['runInContext', '']]);
  // Another process.
  writeCpuProfile(25572, 0, [
    ['(idle)', ''],
    ['emit', 'node:events'],
  ]);
  const { threadBusyPercent, areas } = summarizeThread(folder);
  expect(threadBusyPercent).toBe(80);
  expect(areas[0]).toEqual({ area: 'pg and drizzle', percent: 25 });
  expect(areas.map(({ area }) => area).sort()).toEqual([
    'Jisr’s own code',
    'Node itself',
    'fingerprints',
    'garbage collection',
    'other packages',
    'pg and drizzle',
    'sockets: reading and writing',
  ]);
});

test('a folder without profiles says so', () => {
  expect(() => summarizeThread(folder)).toThrow('a CPU profile in');
});
