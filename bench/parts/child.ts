// A child process of the bench: load, subscribers and yardsticks run in processes of their own.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { z } from 'zod';
import { answer } from '../children/serve';
import { required } from '../../src/domain/required';

export interface Child {
  readonly pid: number;
  /** One call of the child's `serve`. */
  ask<T>(call: string, input: object, shape: z.ZodType<T>): Promise<T>;
  readonly stop: () => Promise<void>;
}

const HOOK = join(__dirname, '../../test/typescript-hook.cjs');

/** @param script a file of `children` */
export function startChild(script: string): Child {
  const child = fork(join(__dirname, '../children', script), { execArgv: ['-r', HOOK] });
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let asked = 0;
  child.on('message', (message) => {
    const said = answer.parse(message);
    const asker = waiting.get(said.id);
    waiting.delete(said.id);
    if ('error' in said) asker?.reject(new Error(`${script}: ${said.error}`));
    else asker?.resolve(said.value);
  });
  child.once('exit', (code, signal) => {
    for (const { reject } of waiting.values())
      reject(new Error(`${script} ended (${signal ?? `exit code ${code ?? 'unknown'}`})`));
  });
  return {
    pid: required(child.pid, `the pid of ${script}`),
    ask: async (call, input, shape) => {
      const id = (asked += 1);
      const value = new Promise<unknown>((resolve, reject) => waiting.set(id, { resolve, reject }));
      child.send({ id, call, input });
      return shape.parse(await value);
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    },
  };
}
