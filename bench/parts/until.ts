// Waits for a condition, never for a time.
import { setTimeout as sleep } from 'node:timers/promises';

export interface Patience {
  /** For the message when it is over. */
  readonly what: string;
  /** Default 20 ms: looking must not become the load. */
  readonly everyMs?: number;
  /** Default 10 min. */
  readonly withinMs?: number;
}

export async function until(holds: () => Promise<boolean> | boolean, patience: Patience): Promise<void> {
  const { what, everyMs = 20, withinMs = 600_000 } = patience;
  const deadline = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited ${withinMs / 1000} s in vain: ${what}`);
    await sleep(everyMs);
  }
}
