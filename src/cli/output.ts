// Where a command writes, and how it ends early.
export interface CliOutput {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

/** Thrown by a command that did what it could, to end with this exit code. */
export class CliExit extends Error {
  constructor(readonly code: 1 | 2) {
    super(`exit ${code}`);
  }
}
