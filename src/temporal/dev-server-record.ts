// What is known of the dev server that was started last, so that the next start can end it if it was orphaned.
// Never ends a process of which it is not sure: same pid, same start, and our database in its command line.

import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import {
  allPids,
  commandLineOf,
  identityOf,
  isAlive,
  type ProcessIdentity,
} from '../data-folder/process-identity';
import { replaceWhole } from '../data-folder/whole-file';
import { systemErrorCode } from '../system-error';

const port = z.int().min(1).max(65_535);
const recordSchema = z.object({
  dbFile: z.string(),
  ports: z.object({ grpc: port, http: port, metrics: port, ui: port }).readonly(),
  /** Null: written before the start, so a process may exist that nobody noted any more. */
  process: z.object({ pid: z.int().positive(), born: z.string() }).readonly().nullable(),
});
export type DevServerRecord = Readonly<z.infer<typeof recordSchema>>;
export type DevServerPorts = DevServerRecord['ports'];

const SIGTERM_LIMIT_MS = 10_000;
const SIGKILL_LIMIT_MS = 5_000;

export function writeRecord(file: string, record: DevServerRecord): void {
  replaceWhole(file, JSON.stringify(record));
}

/** Null when there is none, or none that can be read: it holds nothing that is not found again. */
export function readRecord(file: string): DevServerRecord | null {
  try {
    return recordSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT' || error instanceof SyntaxError || error instanceof z.ZodError)
      return null;
    throw error;
  }
}

/** When it returns, no dev server of this record runs. */
export async function endOrphan(
  record: DevServerRecord,
  dbFile: string,
  say: (line: string) => void,
): Promise<void> {
  // A copy of a data folder carries the record of the original's server, which must go on.
  const isCopy = record.dbFile !== dbFile && existsSync(record.dbFile);
  if (isCopy) return;
  const suspects = record.process === null ? everyProcess() : [record.process];
  for (const orphan of suspects.filter((suspect) => isOurs(suspect, record.dbFile))) {
    say(`ending the Temporal server that an earlier start left behind (process ${orphan.pid})`);
    await end(orphan);
  }
}

function everyProcess(): readonly ProcessIdentity[] {
  return allPids().flatMap((pid) => identityOf(pid) ?? []);
}

function isOurs(suspect: ProcessIdentity, dbFile: string): boolean {
  return isAlive(suspect) && (commandLineOf(suspect.pid)?.includes(` --db-filename ${dbFile} --`) ?? false);
}

async function end(orphan: ProcessIdentity): Promise<void> {
  signal(orphan.pid, 'SIGTERM');
  if (await goneWithin(orphan, SIGTERM_LIMIT_MS)) return;
  signal(orphan.pid, 'SIGKILL');
  if (await goneWithin(orphan, SIGKILL_LIMIT_MS)) return;
  throw new Error(
    `the Temporal server of an earlier start (process ${orphan.pid}) does not end: end it by hand`,
  );
}

function signal(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    // Gone by itself meanwhile.
    if (systemErrorCode(error) !== 'ESRCH') throw error;
  }
}

async function goneWithin(orphan: ProcessIdentity, limitMs: number): Promise<boolean> {
  const deadline = Date.now() + limitMs;
  while (isAlive(orphan)) {
    if (Date.now() > deadline) return false;
    await sleep(50);
  }
  return true;
}
