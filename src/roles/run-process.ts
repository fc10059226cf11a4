// The life of a process: configuration, start, signals, end. Exit codes: 0 stopped, 1 failed, 2 wrong usage.
import { ConfigError, describeConfig, loadConfig, type Config } from '../config';
import { FolderInUseError, FolderUnusableError } from '../data-folder';
import { createLogger, type Logger } from '../logger';
import { TemporalCliMissingError } from '../temporal/cli-finder';
import type { Running } from './closing';
import { startTelemetry, type Role, type Telemetry } from './telemetry';

export interface ProcessContext {
  readonly config: Config;
  readonly log: Logger;
  readonly telemetry: Telemetry;
  readonly say: (line: string) => void;
}

export type StartProcess = (context: ProcessContext) => Promise<Running>;

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Runs until a signal or a failure; sets the exit code. */
export async function runProcess(role: Role, start: StartProcess): Promise<void> {
  try {
    const config = loadConfig();
    const log = createLogger(config.log);
    const telemetry = await startTelemetry(config, log, role);
    for (const line of describeConfig(config)) say(line);
    const asked = stopAsked();
    const running = await start({ config, log, telemetry, say });
    const failure = await Promise.race([asked, failureOf(running.ended)]);
    if (failure === null) say('stopping: what runs gets some seconds');
    await running.stop();
    // What ended last is sent as well.
    await telemetry.tracing?.stop();
    if (failure !== null) throw failure;
  } catch (error) {
    report(error);
  }
  // The SDK's native runtime keeps a process alive that never connected.
  process.exit();
}

/** What a person must know of an error, and the exit code that goes with it. */
export function report(error: unknown): void {
  const usage =
    error instanceof ConfigError || error instanceof FolderInUseError || error instanceof FolderUnusableError;
  process.exitCode = usage ? 2 : 1;
  const plain = usage || error instanceof TemporalCliMissingError || !(error instanceof Error);
  process.stderr.write(`${plain ? messageOf(error) : explain(error)}\n`);
}

function explain(error: Error): string {
  const causes: string[] = [];
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause) causes.push(cause.message);
  return [error.message, ...causes].join('\n  because: ');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Resolves at the first SIGINT or SIGTERM; the second ends the process at once. */
function stopAsked(): Promise<null> {
  return new Promise((resolve) => {
    let asked = false;
    const onSignal = () => {
      if (asked) process.exit(130);
      asked = true;
      resolve(null);
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
}

async function failureOf(ended: Promise<void>): Promise<Error> {
  try {
    await ended;
    return new Error('a worker ended by itself');
  } catch (cause) {
    return new Error('Jisr cannot go on', { cause });
  }
}
