// Runs a program to its end and tells how that went.
// Never throws for a program that fails, and never runs longer than its limit.

import { execFile } from 'node:child_process';
import type { Environment } from '../config';
import { systemErrorCode } from '../system-error';

export interface ProgramRun {
  readonly ok: boolean;
  readonly stdout: string;
  /** Why it failed: the system's code, the limit, or the program's last words. */
  readonly reason: string;
}

export interface ProgramOptions {
  readonly env: Environment;
  readonly timeoutMs: number;
}

export type RunProgram = (
  file: string,
  args: readonly string[],
  options: ProgramOptions,
) => Promise<ProgramRun>;

export const runProgram: RunProgram = (file, args, { env, timeoutMs }) =>
  new Promise((resolve) => {
    const limits = { timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: 64 * 1024 * 1024 } as const;
    execFile(file, [...args], { env: { ...env }, ...limits }, (error, stdout, stderr) => {
      if (error === null) {
        resolve({ ok: true, stdout, reason: '' });
        return;
      }
      const timedOut = error.killed === true ? `no end within ${Math.round(timeoutMs / 1000)} s` : null;
      const lastWords = stderr.trim().split('\n').slice(-3).join(' | ');
      const reason =
        timedOut ??
        systemErrorCode(error) ??
        (lastWords === '' ? `exit code ${String(error.code)}` : lastWords);
      resolve({ ok: false, stdout, reason });
    });
  });
