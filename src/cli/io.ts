// What a command is given of the world, and how it ends early. Never touches the process itself.
import type { Environment } from '../config';

export interface CliIo {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  /** The process's own unless given. */
  readonly env?: Environment;
  readonly workingFolder?: string;
  /** The terminal that `out` writes to; left out where it is a file or a pipe. */
  readonly screen?: Screen;
  /** Asks the person in front; left out where there is nobody. Null: the question was left without an answer. */
  readonly ask?: (question: string) => Promise<string | null>;
  /** Runs another program of this build to its end, on the same streams; answers its exit code. */
  readonly run?: RunProgram;
  readonly nowMs?: () => number;
  /** Aborted when the person has enough (Ctrl-C): what waits ends, what runs at the bridge goes on. */
  readonly enough?: AbortSignal;
}

export interface Screen {
  /** Asked for each line: a window is made wider while something runs. */
  readonly columns: () => number;
  readonly hasColour: boolean;
  /** Writes over the line it wrote before; the next line of `out` begins below. */
  readonly rewrite: (line: string) => void;
}

export interface ProgramEnd {
  readonly code: number;
  /** What it wrote to its standard output; empty when that was let through. */
  readonly said: string;
}

/** @param script in the folder of the build, e.g. `start.js` */
export type RunProgram = (
  script: string,
  words: readonly string[],
  how: { readonly output: 'through' | 'kept' },
) => Promise<ProgramEnd>;

/** Thrown by a command that did what it could, to end with this exit code. */
export class CliExit extends Error {
  constructor(readonly code: number) {
    super(`exit ${code}`);
  }
}

/** Thrown when it cannot go on: the message says what to do. Exit code 1. */
export class CliFailure extends Error {
  constructor(
    message: string,
    /** What the bridge answered, for `--output json`. */
    readonly problem: Readonly<Record<string, unknown>> | null = null,
  ) {
    super(message);
  }
}

/** Thrown when the words do not say enough, or too much. Exit code 2. */
export class WrongUsage extends Error {}
