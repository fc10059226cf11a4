// The Temporal server as a process of its own, started as docker-compose.yml starts it.
import { spawn, type ChildProcess } from 'node:child_process';
import { required } from '../../src/domain/required';
import { endWithUs } from '../temporal-server';
import { lowFreePorts } from './low-ports';
import type { Native } from './natively';

export interface TemporalProcess {
  readonly output: () => string;
  start(): Promise<void>;
  /** SIGTERM, as `docker compose stop` sends it. */
  stop(): Promise<void>;
}

/** Beside the frontend's; docker-compose.yml leaves them as they are. */
const FURTHER_PORTS = [
  'FRONTEND_MEMBERSHIP_PORT',
  ...['HISTORY', 'MATCHING', 'WORKER'].flatMap((name) => [`${name}_GRPC_PORT`, `${name}_MEMBERSHIP_PORT`]),
];

export async function temporalProcess(native: Native): Promise<TemporalProcess> {
  const ports = await lowFreePorts(FURTHER_PORTS.length);
  const env = {
    ...native.environment('temporal'),
    ...Object.fromEntries(FURTHER_PORTS.map((name, place) => [name, String(ports[place])])),
  };
  const [program = '', ...args] = native.command('temporal');
  let child: ChildProcess | null = null;
  let release: () => void = () => undefined;
  let output = '';

  return {
    output: () => output,
    start: async () => {
      output = '';
      child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
      release = endWithUs(required(child.pid, `the pid of ${program}`));
      const starting = child;
      for (const stream of [child.stdout, child.stderr])
        stream?.on('data', (text: Buffer) => (output = (output + text.toString()).slice(-20_000)));
      const ended = new Promise<never>((_, reject) => {
        starting.once('close', (code) => {
          reject(new Error(`the Temporal server ended with ${code}:\n${output.slice(-3_000)}`));
        });
      });
      // After its start nobody waits for it any more.
      ended.catch(() => undefined);
      const namespace = native.command('temporal-namespace');
      await Promise.race([ended, native.run(namespace, native.environment('temporal-namespace'))]);
    },
    stop: async () => {
      const stopping = child;
      if (stopping === null || stopping.exitCode !== null || stopping.signalCode !== null) return;
      const gone = new Promise((resolve) => stopping.once('exit', resolve));
      stopping.kill('SIGTERM');
      // As Compose after the stop_grace_period.
      const force = setTimeout(() => stopping.kill('SIGKILL'), 30_000);
      await gone;
      clearTimeout(force);
      release();
    },
  };
}
