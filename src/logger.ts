// One log for the whole process, Temporal's SDK included: JSON lines, constant text plus fields.
// Never lets a key, a password or an event's payload out, wherever a caller puts one by mistake.

import type { Logger as TemporalLogger } from '@temporalio/common';
import { type DestinationStream, type Logger, pino } from 'pino';
import type { LogLevel } from './config';
import { messageOf, systemErrorCode } from './system-error';

export type { Logger } from 'pino';

/** The vocabulary of messages and fields is in docs/observability.md; a test compares it with the code. */
export interface LoggerOptions {
  readonly level: LogLevel;
  /** Standard output unless given. */
  readonly destination?: DestinationStream;
}

const FORBIDDEN = [
  'apiKey',
  'api_key',
  'adminKey',
  'authorization',
  'Authorization',
  '["x-api-key"]',
  '["X-API-Key"]',
  'cookie',
  'password',
  'secret',
  'token',
  'databaseUrl',
  'connectionOptions',
  'payload',
];
// Paths are all that pino can censor: at the top, in an object, and in an object's headers.
const PATHS = FORBIDDEN.flatMap((name) => {
  const member = name.startsWith('[') ? name : `.${name}`;
  return [name, `*${member}`, `*.headers${member}`];
});

export function createLogger({ level, destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: PATHS, censor: '(secret)' },
    serializers: { err: plainError, error: plainError },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/** Each start and stop says these for every worker: ours have a task queue for one purpose each. */
const NO_NEWS = /^No (Nexus services|workflows|activities) registered|^Worker state changed$/;

/** What `Runtime.install({ logger })` takes: the SDK's lines become lines of ours. */
export function temporalLogger(logger: Logger): TemporalLogger {
  const sdk = logger.child({ part: 'temporal-sdk' });
  const at =
    (level: (typeof LEVELS)[keyof typeof LEVELS]) =>
    (message: string, meta: object = {}): void => {
      // The SDK keeps a timestamp under a symbol; entries leave it out.
      const fields = Object.entries(meta).map(([name, value]: [string, unknown]) => [snakeCase(name), value]);
      sdk[NO_NEWS.test(message) ? 'debug' : level](Object.fromEntries(fields), message);
    };
  return {
    log: (level, message, meta) => {
      at(LEVELS[level])(message, meta);
    },
    trace: at('trace'),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  };
}

/** The SDK's `workflowId` is `workflow_id` for us. */
function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Only what an error says: HTTP clients hang requests, headers and answers on theirs. */
function plainError(error: unknown): unknown {
  if (typeof error !== 'object' || error === null || !('message' in error)) return error;
  return {
    name: 'name' in error ? String(error.name) : 'Error',
    code: systemErrorCode(error) ?? undefined,
    message: messageOf(error),
    stack: 'stack' in error ? error.stack : undefined,
    cause: 'cause' in error ? plainError(error.cause) : undefined,
  };
}
