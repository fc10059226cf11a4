// Tells one process from a later one that got the same pid.
// Never signals or ends a process.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the system's own form: only ever compared. */
  readonly born: string;
}

/** Null: no such process, or only what is left of one (a zombie that its parent has not reaped). */
export function identityOf(pid: number): ProcessIdentity | null {
  const born = process.platform === 'linux' ? bornByProc(pid) : bornByPs(pid);
  return born === null ? null : { pid, born };
}

export function ownIdentity(): ProcessIdentity {
  const identity = identityOf(process.pid);
  if (identity === null) throw new Error('this system does not tell when a process started');
  return identity;
}

/** Says nothing about processes of another container that shares the folder: their pids are not visible here. */
export function isAlive({ pid, born }: ProcessIdentity): boolean {
  return identityOf(pid)?.born === born;
}

/** The command with its arguments; null when the process is gone or cannot be read. */
export function commandLineOf(pid: number): string | null {
  if (process.platform === 'linux') return readText(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ') ?? null;
  return ps(['-p', String(pid)], ['command=']);
}

export function allPids(): readonly number[] {
  const names =
    process.platform === 'linux' ? readdirSync('/proc') : (ps(['-A'], ['pid=']) ?? '').split('\n');
  return names.map((name) => Number(name.trim())).filter((pid) => Number.isInteger(pid) && pid > 0);
}

function bornByProc(pid: number): string | null {
  const stat = readText(`/proc/${pid}/stat`);
  if (stat === null) return null;
  // The second field is the program's name in parentheses, which may itself hold spaces and parentheses.
  const [state = 'X', ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const startTicks = fields[18];
  if (startTicks === undefined || state === 'Z' || state === 'X') return null;
  // Ticks count from boot, so after a reboot the same pid and ticks may come again.
  const boot = readText('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
  return `${startTicks}@${boot}`;
}

function bornByPs(pid: number): string | null {
  const line = ps(['-p', String(pid)], ['state=', 'lstart=']);
  return line === null || line.startsWith('Z') ? null : line.replace(/^\S+\s+/, '');
}

function ps(selection: readonly string[], columns: readonly string[]): string | null {
  try {
    // -ww: a long command line must not be cut.
    const args = ['-ww', ...selection, ...columns.flatMap((column) => ['-o', column])];
    // The time of day would otherwise follow the locale and time zone of whoever asks.
    const env = { LC_ALL: 'C', TZ: 'UTC' };
    return execFileSync('/bin/ps', args, {
      encoding: 'utf8',
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    // ps ends with 1 for "no such process".
    return null;
  }
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // ENOENT or ESRCH: the process went while we looked.
    return null;
  }
}
