// What runs the bench, how busy it is with other things, and what a process uses. Linux only: reads /proc.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { required } from '../src/domain/required';
import type { BenchResult } from './result';

const LOOK_MS = 2_000;
const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK']).toString());

export function machineFacts(): BenchResult['machine'] {
  const all = cpus();
  return {
    cpu: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    memoryBytes: totalmem(),
    system: `${type()} ${release()}`,
  };
}

/** Call it while nothing of the bench runs. */
export async function machineLoad(): Promise<BenchResult['load']> {
  const [one = 0, five = 0, fifteen = 0] = loadavg();
  const before = busyTicks();
  await sleep(LOOK_MS);
  const used = (busyTicks() - before) / TICKS_PER_SECOND;
  const otherCpuPercent = Math.round((used / (LOOK_MS / 1000)) * 100);
  return { average: [one, five, fifteen], otherCpuPercent };
}

/** User and system time of one process since its start. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // After the program's name, which may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

export function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(required(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1], 'VmRSS')) / 1024;
}

/** Answers a function to call later: how busy all cores together were in between, in percent. */
export function watchMachine(): () => number {
  const [ticks, startMs] = [busyTicks(), performance.now()];
  return () => {
    const seconds = (performance.now() - startMs) / 1000;
    return Math.round((100 * (busyTicks() - ticks)) / TICKS_PER_SECOND / seconds / cpus().length);
  };
}

function busyTicks(): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = readFileSync(
    '/proc/stat',
    'utf8',
  )
    .split('\n', 1)
    .join('')
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return user + nice + system + irq + softirq + steal;
}
