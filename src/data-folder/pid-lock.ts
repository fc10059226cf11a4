// A lock that the death of its holder frees: a file that names the holding process.
// Never waits, and never takes a lock whose holder lives.

import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { z } from 'zod';
import { systemErrorCode } from '../system-error';
import { isAlive, ownIdentity, type ProcessIdentity } from './process-identity';
import { createWhole, replaceWhole } from './whole-file';

export type LockAttempt =
  | { readonly kind: 'locked'; readonly release: () => void }
  | { readonly kind: 'taken'; readonly holder: ProcessIdentity };

/** The nonce names this one act of locking: it never comes again. */
type Holding = ProcessIdentity & { readonly nonce: string };

const holding = z.object({ pid: z.int().positive(), born: z.string(), nonce: z.uuid() });

export function tryPidLock(file: string): LockAttempt {
  const own: Holding = { ...ownIdentity(), nonce: randomUUID() };
  const content = JSON.stringify(own);
  const locked: LockAttempt = {
    kind: 'locked',
    release: () => {
      if (read(file)?.nonce === own.nonce) rmSync(file);
    },
  };
  for (;;) {
    if (createWhole(file, content)) return locked;
    const holder = read(file);
    if (holder === null) continue; // released just now
    if (isAlive(holder)) return { kind: 'taken', holder };

    // Two starters may both find this same dead holder. Deleting its file would let the slower one delete
    // the lock of the faster one; so replacing it needs a lock of its own, named after this very holding.
    const takeover = tryPidLock(`${file}.${holder.nonce}`);
    if (takeover.kind === 'taken') return takeover;
    try {
      // Read again: somebody may have taken over, and freed the takeover lock, since we looked.
      if (read(file)?.nonce === holder.nonce) {
        replaceWhole(file, content);
        return locked;
      }
    } finally {
      takeover.release();
    }
  }
}

/** Who has it now; null when nobody does. Takes nothing. */
export function lockHolder(file: string): ProcessIdentity | null {
  const holder = read(file);
  return holder !== null && isAlive(holder) ? holder : null;
}

function read(file: string): Holding | null {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
  return parse(content);
}

function parse(content: string): Holding {
  try {
    return holding.parse(JSON.parse(content));
  } catch {
    // What a broken disk left is nobody's; pid 0 is no process.
    return { pid: 0, born: '', nonce: createHash('sha256').update(content).digest('hex') };
  }
}
