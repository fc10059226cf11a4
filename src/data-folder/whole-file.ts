// Puts a small file in place whole: a reader, or the next start after a crash, never sees half of it.
// Never overwrites by createWhole, never fails on an existing file by replaceWhole.

import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { systemErrorCode } from '../system-error';

/** False when the file exists already; of several at once exactly one gets true. */
export function createWhole(file: string, content: string): boolean {
  return withDraft(file, content, (draft) => {
    try {
      // open('wx') would show the file empty first; a link appears with its content.
      linkSync(draft, file);
      return true;
    } catch (error) {
      if (systemErrorCode(error) === 'EEXIST') return false;
      throw error;
    }
  });
}

export function replaceWhole(file: string, content: string): void {
  withDraft(file, content, (draft) => {
    renameSync(draft, file);
  });
}

function withDraft<T>(file: string, content: string, use: (draft: string) => T): T {
  const draft = `${file}.${randomUUID()}.draft`;
  try {
    const descriptor = openSync(draft, 'wx', 0o600);
    try {
      writeSync(descriptor, content);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    return use(draft);
  } finally {
    rmSync(draft, { force: true });
  }
}
