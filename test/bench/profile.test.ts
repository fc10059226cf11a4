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

/** As Node writes it, with a sample of 1 ms for each place. */
function writeCpuProfile(name: string, places: readonly (readonly [functionName: string, url: string])[]) {
  const nodes = places.map(([functionName, url], id) => ({
    id,
    callFrame: { functionName, url, lineNumber: 1 },
  }));
  const profile = { nodes, samples: nodes.map(({ id }) => id), timeDeltas: nodes.map(() => 1_000) };
  writeFileSync(join(folder, `${name}.cpuprofile`), JSON.stringify(profile));
}

test('the time of the busiest thread, by area, the largest first', () => {
  writeCpuProfile('main', [
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
  writeCpuProfile('database', [
    ['(idle)', ''],
    ['exec', 'file:///jisr/node_modules/@electric-sql/pglite/dist/index.cjs'],
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
