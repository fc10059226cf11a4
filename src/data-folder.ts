// The folder that holds everything Jisr keeps on this machine; one process at a time may use it.
// Never deletes what lies there, and never opens the store or Temporal's database itself.

import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Secret } from './config/secret';
import { tryPidLock } from './data-folder/pid-lock';
import { createWhole } from './data-folder/whole-file';
import { messageOf, systemErrorCode } from './system-error';

export interface DataFolder {
  readonly dir: string;
  /** PGlite's folder. */
  readonly storeDir: string;
  readonly temporalDbFile: string;
  /** What is known of the dev server that was started last. */
  readonly temporalRecordFile: string;
  /**
   * Keeps other processes out until release, or until this process ends in whatever way.
   * @throws FolderInUseError
   */
  readonly lock: () => FolderLock;
  readonly adminKey: () => KeptKey;
  /** What the secrets of subscriptions are encrypted with. */
  readonly secretKey: () => KeptKey;
}

export interface FolderLock {
  readonly release: () => void;
}

export interface KeptKey {
  readonly key: Secret;
  readonly file: string;
  /** True when it was made by this call: the one time to tell where it lies. */
  readonly made: boolean;
}

/** Thrown when another live process uses the folder. */
export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError';

  constructor(
    readonly dir: string,
    readonly pid: number,
  ) {
    super(
      `the data folder ${dir} is in use by process ${pid}: stop that process, ` +
        'or give this one a folder of its own (JISR_DATA_DIR)',
    );
  }
}

/** Thrown when the folder cannot be made. */
export class FolderUnusableError extends Error {
  override readonly name = 'FolderUnusableError';
}

/**
 * Makes the folder when it is missing, readable by its owner only.
 * @throws FolderUnusableError
 */
export function openDataFolder(path: string): DataFolder {
  const dir = resolve(path);
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new FolderUnusableError(
      `cannot make the data folder (${messageOf(cause)}): set JISR_DATA_DIR to a folder that can be written`,
      { cause },
    );
  }
  return {
    dir,
    storeDir: join(dir, 'store'),
    temporalDbFile: join(dir, 'temporal.db'),
    temporalRecordFile: join(dir, 'temporal.json'),
    lock: () => {
      const attempt = tryPidLock(join(dir, 'lock'));
      if (attempt.kind === 'taken') throw new FolderInUseError(dir, attempt.holder.pid);
      return { release: attempt.release };
    },
    adminKey: () => keepKey(join(dir, 'admin-key')),
    secretKey: () => keepKey(join(dir, 'secret-key')),
  };
}

function keepKey(file: string): KeptKey {
  const known = readKey(file);
  if (known !== null) return { key: new Secret(known), file, made: false };
  const key = randomBytes(32).toString('base64url');
  if (createWhole(file, `${key}\n`)) return { key: new Secret(key), file, made: true };
  return keepKey(file);
}

function readKey(file: string): string | null {
  try {
    const key = readFileSync(file, 'utf8').trim();
    if (key === '') throw new Error(`${file} is empty: delete it, and a new key is made at the next start`);
    return key;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
