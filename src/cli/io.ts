// What a command is given of the world, and how it ends early. Never touches the process itself.
import type { Environment } from '../config';

export interface CliIo {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  /** The process's own unless given. */
  readonly env?: Environment;
  readonly workingFolder?: string;
}

/** Thrown by a command that did what it could, to end with this exit code. */
export class CliExit extends Error {
  constructor(readonly code: 1 | 2) {
    super(`exit ${code}`);
  }
}
